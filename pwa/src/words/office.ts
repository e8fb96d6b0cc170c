/** What the office says, in a file with its screens: nobody hears it before they are there (screens/seldom.ts). */
import { messages } from './areas';
import en from './en/office.json';
import es from './es/office.json';

const both: Record<'en' | 'es', typeof en> = { en, es };
messages.en.office = both.en;
messages.es.office = both.es;
