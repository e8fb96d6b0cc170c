/** What a colour means, the same everywhere; see ../style/tokens.css. */
export type Tone = 'neutral' | 'accent' | 'good' | 'late' | 'danger' | 'unsent' | 'contested';
