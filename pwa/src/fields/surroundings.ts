/** What a form around one chart can name: the chart's own records, then those of the library. */
import type { App } from '../state/app.svelte';
import type { FileValue, Json, RecordShown } from '../store/types';
import { kindNamed } from './catalogue';
import type { Surroundings } from './editors/editor';
import { nameOfRecord } from './names';

export function surroundingsOf(app: App, patient: string | null): Surroundings {
  function of(kinds: readonly string[]): RecordShown[] {
    return kinds.flatMap((kind) => {
      if (kindNamed(kind)?.scope === 'library') return app.library(kind).of(kind);
      return patient ? app.chart(patient).of(kind) : [];
    });
  }
  return {
    of,
    nameOf(id) {
      const record = (patient && app.chart(patient).get(id)) || app.member(id);
      return record ? nameOfRecord(record) : null;
    },
    async fileOf(value: Json) {
      return patient ? app.getFile(patient, value as unknown as FileValue) : null;
    },
  };
}
