/** Handing a file on. Nothing of a chart leaves the sealed store but by this, and only when somebody taps it. */

/** Opens the phone's share sheet, or saves the file where there is none. */
export async function shareOrDownload(
  content: Blob,
  name: string,
  title: string,
): Promise<'shared' | 'downloaded' | 'not'> {
  const file = new File([content], name, { type: content.type });
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
