/** The summary as plain text, line by line: what a signature covers, and what is hashed. */
import { tIn, type Key } from '../../words';
import type { Said, SummaryContent } from './content';

export function textOf(content: SummaryContent): string {
  const say = (key: Key, params?: Record<string, string>): string => tIn(content.lang, key, params);
  const either = (said: Said): string =>
    said.length > 1
      ? `${said.join(` ${say('summary.or')} `)} (${say('summary.being_checked')})`
      : (said[0] ?? '');
  const allergy = ({ substance, detail }: { substance: Said; detail: string }): string =>
    detail ? `${either(substance)} (${detail})` : either(substance);
  const list = (title: Key, lines: readonly string[]): string[] =>
    lines.length ? ['', say(title), ...lines.map((line) => `- ${line}`)] : [];
  const joined = (...parts: string[]): string => parts.filter(Boolean).join(' · ');
  const { allergies, next, contact } = content;
  const head = [
    say('summary.title'),
    either(content.name),
    joined(content.when, content.organisation),
    content.visitor && say('summary.visited_by', { name: content.visitor }),
    content.present && say('summary.present', { names: content.present }),
    allergies.state === 'listed'
      ? `${say('summary.allergies')} ${allergies.listed.map(allergy).join(', ')}`
      : say(`summary.allergies_${allergies.state}`),
  ].filter(Boolean);
  const sections = [
    ...list('summary.talked_about', content.talkedAbout),
    ...list(
      'summary.next_steps',
      content.steps.map(({ step, who, when }) => joined(step, who, when)),
    ),
    ...list(
      'summary.medications',
      content.medications.map(({ name, directions, found }) =>
        joined(either(name), ...directions.map(either), found),
      ),
    ),
    ...list(
      'summary.measurements',
      content.measurements.map(({ name, value }) => `${name}: ${value}`),
    ),
    ...list(
      'summary.goals',
      content.goals.map(({ description, said, progress }) =>
        joined(description, either(said), progress),
      ),
    ),
    ...list(
      'summary.tasks',
      content.tasks.map(({ description, detail }) => joined(description, detail)),
    ),
    ...list(
      'summary.next_appointment',
      next ? [joined(either(next.when), next.what, either(next.where), next.prep)] : [],
    ),
    ...list('summary.whom_to_call', contact ? [joined(contact.name, contact.telephone)] : []),
  ];
  return [...head, ...sections].join('\n').normalize('NFC');
}
