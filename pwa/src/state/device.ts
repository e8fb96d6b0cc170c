/** What a phone is called where a member's devices are listed: enough to tell two of them apart. */
const MODELS = [
  /\((?:Linux; )?Android [\d.]+; ([^);]+)/,
  /\((iPhone|iPad)/,
  /\((Macintosh|Windows|X11)/,
];
const BROWSERS = [
  ['Edg/', 'Edge'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const SAID: Record<string, string> = { Macintosh: 'Mac', X11: 'Linux', K: 'Android' };

export function deviceName(userAgent: string): string {
  const model = MODELS.map((pattern) => pattern.exec(userAgent)?.[1])
    .find(Boolean)
    ?.trim();
  const browser = BROWSERS.find(([mark]) => userAgent.includes(mark))?.[1];
  return [model && (SAID[model] ?? model), browser].filter(Boolean).join(', ') || 'Browser';
}
