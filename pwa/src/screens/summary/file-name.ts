/** What a summary is called once it has left the sealed store. */

/** A name that tells the day and not the illness: "Visit summary 2026-11-21 Ruiz.pdf" is read in a list of files. */
export function fileNameOf(person: string, ended: unknown): string {
  const day = typeof ended === 'string' ? ended.slice(0, 10) : '';
  const safe = [day, person.split(' ').at(-1) ?? '']
    .filter(Boolean)
    .join(' ')
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, '');
  return `${safe || 'summary'}.pdf`;
}
