/**
 * What the summary of a visit says, from this phone's own store: the same as the PDF that the server makes
 * (server/summaries/patient.py), in the language of the reader. Text only; a contested field holds every value.
 */
import { fieldNamed } from '../../fields/catalogue';
import { displayDate, displayField } from '../../fields/display';
import { nameOfRecord } from '../../fields/names';
import { instantOf, isZoned } from '../../fields/times';
import { wordsOf } from '../../fields/words';
import type { Json, RecordShown } from '../../store/types';
import { labelIn, listName, localeOf, personName, tIn, type Language } from '../../words';
import { isActiveGoal } from '../chart/plan';
import { isGrave, standingAllergies } from '../chart/safety';
import { foundByMedication, listedMedications } from '../visit/medications';
import { displayReading, nameOfReading } from '../visit/observation';
import { doneTasks, openTasks } from '../visit/tasks';

/** One thing said in one or more ways; more than one is being checked. */
export type Said = readonly string[];

export interface SummaryContent {
  lang: Language;
  organisation: string;
  name: Said;
  when: string;
  visitor: string;
  present: string;
  allergies: {
    state: 'listed' | 'none' | 'unknown';
    /** The gravest first, with how grave it is and what it does. */
    listed: readonly { substance: Said; detail: string }[];
  };
  talkedAbout: readonly string[];
  talkedAboutIsContested: boolean;
  steps: readonly { step: string; who: string; when: string }[];
  medications: readonly { name: Said; directions: Said[]; found: string }[];
  measurements: readonly { name: string; value: string }[];
  goals: readonly { description: string; said: Said; progress: string }[];
  tasks: readonly { description: string; detail: string }[];
  next: { when: Said; what: string; where: Said; prep: string } | null;
  contact: { name: string; telephone: string } | null;
}

export interface SummarySource {
  visit: RecordShown;
  patient: RecordShown | null;
  of: (kind: string) => RecordShown[];
  get: (id: string) => RecordShown | null;
  member: (id: string) => RecordShown | null;
  organisation: string;
}

const MOST_GOALS = 4;
const MOST_TASKS = 5;

export function summaryOf(source: SummarySource, lang: Language): SummaryContent {
  const { visit, patient } = source;
  const contact = contactOf(source);
  return {
    lang,
    organisation: source.organisation,
    name: patient ? valuesOf(patient, 'name', lang) : [],
    when: momentOf(visit, lang),
    visitor: nameOfMember(source, visit.fields.member),
    present: presentOf(source, lang),
    allergies: allergiesOf(source, lang),
    talkedAbout: paragraphs(visit.fields.plain_summary),
    talkedAboutIsContested: Boolean(visit.contested.plain_summary),
    steps: objects(visit.fields.next_steps).map(({ step, who, when }) => ({
      step: text(step),
      who: text(who),
      when: typeof when === 'string' ? displayDate(when, lang) : '',
    })),
    medications: medicationsOf(source, lang),
    measurements: source
      .of('observation')
      .filter(({ fields }) => fields.visit === visit.id && fields.status !== 'entered-in-error')
      .map((record) => ({
        name: nameOfReading(record, lang),
        value: displayReading(record, lang),
      })),
    goals: goalsOf(source, lang).slice(0, MOST_GOALS),
    tasks: tasksOf(source, lang).slice(0, MOST_TASKS),
    next: nextOf(source, lang),
    contact,
  };
}

function isName(value: Json): value is { family: string } {
  return typeof value === 'object' && value !== null && 'family' in value;
}

/** What stands in a field and every other value that it is contested with, as text, without repeats. */
function valuesOf(record: RecordShown, field: string, lang: Language): string[] {
  const shape = fieldNamed(record.kind, field);
  if (!shape) return [];
  const rivals = record.contested[field]?.map(({ value }) => value) ?? [];
  const values = [record.fields[field] ?? null, ...rivals].filter(
    (value) => value !== null && value !== '',
  );
  const reading = { lang, words: wordsOf(record.kind, field, lang), nameOf: () => null };
  const show = (value: Json): string =>
    field === 'name' && isName(value) ? listName(value) : displayField(shape, value, reading);
  return [...new Set(values.map(show))];
}

function momentOf({ fields }: RecordShown, lang: Language): string {
  const start = Date.parse(text(fields.actual_start));
  if (Number.isNaN(start)) return '';
  const end = Date.parse(text(fields.actual_end));
  const day = new Intl.DateTimeFormat(localeOf(lang), { dateStyle: 'full' }).format(start);
  const time = new Intl.DateTimeFormat(localeOf(lang), { timeStyle: 'short' });
  return `${day} · ${Number.isNaN(end) ? time.format(start) : time.formatRange(start, end)}`;
}

function presentOf({ visit, get, member }: SummarySource, lang: Language): string {
  const others = (Array.isArray(visit.fields.present) ? visit.fields.present : []).flatMap((id) => {
    if (typeof id !== 'string' || id === visit.fields.member) return [];
    const record = get(id) ?? member(id);
    return record && record.kind !== 'patient'
      ? [personName(record.fields.name) || nameOfRecord(record)]
      : [];
  });
  const said = [...others, text(visit.fields.others_present)].filter(Boolean);
  return new Intl.ListFormat(lang, { type: 'conjunction' }).format(said);
}

function allergiesOf({ of, patient }: SummarySource, lang: Language): SummaryContent['allergies'] {
  const listed = standingAllergies({ of }).map((record) => {
    const grave = isGrave(record) ? tIn(lang, 'summary.allergy_high') : '';
    const reactions = objects(record.fields.reactions).map((one) => text(one.manifestation));
    return {
      substance: valuesOf(record, 'substance', lang),
      detail: [grave, reactions.filter(Boolean).join(', ')].filter(Boolean).join(': '),
    };
  });
  if (listed.length) return { state: 'listed', listed };
  return {
    state: patient?.fields.no_known_allergies === 'stated' ? 'none' : 'unknown',
    listed,
  };
}

function medicationsOf(
  { visit, of }: SummarySource,
  lang: Language,
): SummaryContent['medications'] {
  const found = foundByMedication(visit.fields.medications_seen);
  const words = wordsOf('visit', 'medications_seen', lang).part('seen');
  return listedMedications(of('medication')).map((record) => {
    const look = found.get(record.id);
    const directions = ['dose', 'route', 'timing', 'instructions'].map((field) =>
      valuesOf(record, field, lang),
    );
    return {
      name: valuesOf(record, 'name', lang),
      directions: directions.filter((said) => said.length > 0),
      found: look ? words.choice(look) : '',
    };
  });
}

function goalsOf(
  { visit, of }: SummarySource,
  lang: Language,
): { description: string; said: Said; progress: string }[] {
  const looks = of('goal_progress').filter(({ fields }) => fields.status !== 'entered-in-error');
  const todayOf = (goal: RecordShown): RecordShown | undefined =>
    looks.findLast(({ fields }) => fields.goal === goal.id && fields.visit === visit.id);
  return of('goal')
    .filter((goal) => isActiveGoal(goal) || todayOf(goal))
    .sort((a, b) => Number(Boolean(todayOf(b))) - Number(Boolean(todayOf(a))))
    .map((goal) => {
      const look = todayOf(goal);
      const trend =
        look && typeof look.fields.trend === 'string'
          ? labelIn(lang, 'goal_progress', 'trend', look.fields.trend)
          : '';
      const measured = look ? displayReading(look, lang) : '';
      return {
        description: text(goal.fields.description),
        said: valuesOf(goal, 'achievement_status', lang),
        progress: [trend, measured].filter(Boolean).join(' · '),
      };
    });
}

function tasksOf(source: SummarySource, lang: Language): { description: string; detail: string }[] {
  const all = source.of('task');
  const done = doneTasks(all, source.visit);
  const open = openTasks(all).filter((task) => !done.includes(task));
  return [
    ...done.map(({ fields }) => ({
      description: text(fields.description),
      detail: tIn(lang, 'summary.task_done'),
    })),
    ...open.map(({ fields }) => {
      const owner =
        typeof fields.owner === 'string'
          ? (source.get(fields.owner) ?? source.member(fields.owner))
          : null;
      const due =
        typeof fields.due === 'string'
          ? tIn(lang, 'summary.task_due', { day: displayDate(fields.due, lang) })
          : '';
      const who = owner ? personName(owner.fields.name) || nameOfRecord(owner) : '';
      return {
        description: text(fields.description),
        detail: [who, due].filter(Boolean).join(', '),
      };
    }),
  ];
}

/** The first appointment after the visit that nobody has called off; every start that is still asked about. */
function nextOf(source: SummarySource, lang: Language): SummaryContent['next'] {
  const { visit, of } = source;
  const at =
    Date.parse(text(visit.fields.actual_end)) || Date.parse(text(visit.fields.actual_start)) || 0;
  const startsOf = ({ fields, contested }: RecordShown): number[] =>
    [fields.start, ...(contested.start?.map(({ value }) => value) ?? [])]
      .filter((start) => isZoned(start))
      .map((start) => instantOf(start));
  const coming = of('appointment')
    .filter(
      ({ id, fields }) =>
        id !== visit.fields.appointment &&
        ['proposed', 'pending', 'booked'].includes(text(fields.status)),
    )
    .flatMap((record) => {
      const later = startsOf(record).filter((start) => start > at);
      return later.length ? [{ record, first: Math.min(...later) }] : [];
    })
    .sort((a, b) => a.first - b.first);
  const next = coming[0]?.record;
  if (!next) return null;
  const type = labelIn(lang, 'appointment', 'type', text(next.fields.type));
  const who = nameOfMember(source, next.fields.member) || text(next.fields.provider);
  return {
    when: valuesOf(next, 'start', lang),
    what: who ? tIn(lang, 'summary.with', { what: type, name: who }) : type,
    where: valuesOf(next, 'location', lang),
    prep: text(next.fields.prep),
  };
}

/** Who holds the chart, else who made the visit. */
function contactOf({ of, member, visit }: SummarySource): SummaryContent['contact'] {
  const holder = of('assignment').find(
    ({ fields }) => fields.status === 'active' && typeof fields.member === 'string',
  );
  const card = member(text(holder?.fields.member)) ?? member(text(visit.fields.member));
  return card ? { name: nameOfRecord(card), telephone: text(card.fields.telephone) } : null;
}

function nameOfMember({ member }: SummarySource, id: Json | undefined): string {
  const card = typeof id === 'string' ? member(id) : null;
  return card ? nameOfRecord(card) : '';
}

function paragraphs(prose: Json | undefined): string[] {
  return text(prose)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

function objects(list: Json | undefined): Record<string, Json>[] {
  return (Array.isArray(list) ? list : []).filter(
    (one): one is Record<string, Json> =>
      one !== null && typeof one === 'object' && !Array.isArray(one),
  );
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
