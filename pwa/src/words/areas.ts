/**
 * The message catalogue: a file an area and a language. An area belongs to the screens that are named like it; what the
 * office says is the largest, and comes with its screens (office.ts): `rooms` is how others speak of them.
 */
import enChart from './en/chart.json';
import enFields from './en/fields.json';
import type enOffice from './en/office.json';
import enParts from './en/parts.json';
import enPatients from './en/patients.json';
import enReview from './en/review.json';
import enRooms from './en/rooms.json';
import enSecurity from './en/security.json';
import enSettings from './en/settings.json';
import enShell from './en/shell.json';
import enSignin from './en/signin.json';
import enSummary from './en/summary.json';
import enSync from './en/sync.json';
import enTasks from './en/tasks.json';
import enToday from './en/today.json';
import enVisit from './en/visit.json';
import esChart from './es/chart.json';
import esFields from './es/fields.json';
import esParts from './es/parts.json';
import esPatients from './es/patients.json';
import esReview from './es/review.json';
import esRooms from './es/rooms.json';
import esSecurity from './es/security.json';
import esSettings from './es/settings.json';
import esShell from './es/shell.json';
import esSignin from './es/signin.json';
import esSummary from './es/summary.json';
import esSync from './es/sync.json';
import esTasks from './es/tasks.json';
import esToday from './es/today.json';
import esVisit from './es/visit.json';
import type { Language } from './language.svelte';

const en = {
  chart: enChart,
  fields: enFields,
  parts: enParts,
  patients: enPatients,
  review: enReview,
  rooms: enRooms,
  security: enSecurity,
  settings: enSettings,
  shell: enShell,
  signin: enSignin,
  summary: enSummary,
  sync: enSync,
  tasks: enTasks,
  today: enToday,
  visit: enVisit,
};

const es: typeof en = {
  chart: esChart,
  fields: esFields,
  parts: esParts,
  patients: esPatients,
  review: esReview,
  rooms: esRooms,
  security: esSecurity,
  settings: esSettings,
  shell: esShell,
  signin: esSignin,
  summary: esSummary,
  sync: esSync,
  tasks: esTasks,
  today: esToday,
  visit: esVisit,
};

type Areas = typeof en & { office: typeof enOffice };

/** Every message there is, as `area.key`. */
export type Key = { [A in keyof Areas]: `${A}.${Extract<keyof Areas[A], string>}` }[keyof Areas];

export const messages: Record<Language, Record<string, Record<string, string>>> = { en, es };
