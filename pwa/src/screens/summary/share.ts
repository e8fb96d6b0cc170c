/** Handing a summary on. Nothing of a chart leaves the sealed store but by this, and only when somebody taps it. */

/** A name that tells the day and not the illness: "Visit summary 2026-11-21 Ruiz.pdf" is read in a list of files. */
export function fileNameOf(person: string, ended: unknown): string {
  const day = typeof ended === 'string' ? ended.slice(0, 10) : '';
  const safe = [day, person.split(' ').at(-1) ?? '']
    .filter(Boolean)
    .join(' ')
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, '');
  return `${safe || 'summary'}.pdf`;
}

export async function shareOrDownload(
  pdf: Blob,
  name: string,
  title: string,
): Promise<'shared' | 'downloaded' | 'not'> {
  const file = new File([pdf], name, { type: 'application/pdf' });
  if (navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file], title });
      return 'shared';
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return 'not';
    }
  }
  const address = URL.createObjectURL(file);
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The download has begun by then; a slow phone may still be reading.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return 'downloaded';
}
