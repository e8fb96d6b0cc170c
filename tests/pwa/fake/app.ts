/** The app in memory: made-up records, edits laid over them, nothing kept. For looking at screens. */
import { App } from "../../../pwa/src/state/app.svelte";
import { Chart, Records } from "../../../pwa/src/state/chart.svelte";
import type { Router } from "../../../pwa/src/state/router.svelte";
import { summarise } from "../../../pwa/src/store/summarise";
import type { Edit, Me, RecordShown } from "../../../pwa/src/store/types";
import type { JoinResult, SummaryResult } from "../../../pwa/src/state/types";
import { caseload, ME } from "./caseload";

export class FakeApp extends App {
  readonly #records = new Map<string, RecordShown>();
  readonly #open = new Map<string, Records>();
  readonly #drafts = new Map<string, unknown>();

  constructor(router: Router) {
    super(router, localStorage, navigator.languages);
    for (const record of caseload(Date.now()))
      this.#records.set(record.id, { ...record, unsent: [] });
    this.session.phase = location.hash.startsWith("#/join")
      ? "signed_out"
      : "locked";
    this.sync.lastContact = Date.now() - 420_000;
    this.sync.persisted = true;
    this.sync.storage = { used: 8_400_000, quota: 2_000_000_000 };
    const medication = [...this.#records.values()].find(
      (record) => record.kind === "medication",
    )!;
    this.refused = [
      {
        id: "refused-1",
        n: 3,
        refused_at: Date.now() - 900_000,
        refusal: {
          code: "invalid",
          field: "instructions",
          params: { max: 200 },
          message: "Longer than 200 characters.",
        },
        change: {
          n: 3,
          at: Date.now() - 960_000,
          record: medication.id,
          kind: "medication",
          patient: medication.patient,
          seen: medication.version,
          set: { instructions: "A very long text …" },
        },
      },
    ];
    this.index.notices = [
      {
        device: "d",
        n: 2,
        record: medication.id,
        field: "dose",
        value: "5 mg",
        kind: "medication",
        patient: medication.patient,
        told_at: Date.now() - 800_000,
      },
    ];
  }

  override async join(): Promise<JoinResult> {
    await this.unlock();
    return "joined";
  }

  override async unlock(): Promise<boolean> {
    this.session.me = ME as Me;
    this.#show();
    this.session.phase = "open";
    return true;
  }

  override async lock(): Promise<void> {
    this.session.phase = "locked";
  }

  override async signOut(): Promise<"done"> {
    this.session.phase = "signed_out";
    return "done";
  }

  override chart(id: string): Chart {
    const chart = (this.#open.get(id) ?? new Chart(id)) as Chart;
    if (!this.#open.has(id)) {
      this.#open.set(id, chart);
      queueMicrotask(() => {
        this.#fill(id);
        chart.state = chart.patient ? "open" : "absent";
      });
    }
    return chart;
  }

  override library(kind: string): Records {
    const key = `library/${kind}`;
    const records = this.#open.get(key) ?? new Records();
    if (!this.#open.has(key)) {
      this.#open.set(key, records);
      queueMicrotask(() =>
        records.show(
          this.#of((one) => one.patient === null && one.kind === kind),
        ),
      );
    }
    return records;
  }

  override async save(edits: Edit[]): Promise<void> {
    for (const edit of edits) {
      const old = this.#records.get(edit.record) ?? {
        ...edit,
        id: edit.record,
        version: 0,
        deleted: false,
        fields: {},
        contested: {},
        overruled: {},
        unsent: [],
      };
      const fields = { ...old.fields, ...edit.set };
      for (const [name, added] of Object.entries(edit.add ?? {}))
        fields[name] = [...((fields[name] as []) ?? []), ...added];
      for (const [name, gone] of Object.entries(edit.remove ?? {})) {
        const taken = gone.map((element) => JSON.stringify(element));
        fields[name] = ((fields[name] as []) ?? []).filter(
          (element) => !taken.includes(JSON.stringify(element)),
        );
      }
      const contested = Object.fromEntries(
        Object.entries(old.contested).filter(
          ([name]) => !(name in (edit.set ?? {})),
        ),
      );
      this.#records.set(edit.record, {
        ...old,
        fields,
        contested,
        deleted: edit.delete ?? old.deleted,
        unsent: ["*"],
      });
      this.sync.unsent += 1;
      this.sync.oldest ??= Date.now();
    }
    for (const id of new Set(edits.map((edit) => edit.patient)))
      if (id) this.#fill(id);
    this.#show();
  }

  override draft<T>(key: string) {
    return {
      get: async () => (this.#drafts.get(key) as T) ?? null,
      put: async (value: T) => void this.#drafts.set(key, value),
      clear: async () => void this.#drafts.delete(key),
    };
  }

  override onLeave(): () => void {
    return () => {};
  }

  override async syncNow(): Promise<void> {
    this.sync.unsent = 0;
    this.sync.oldest = null;
    this.sync.lastContact = Date.now();
    for (const [id, record] of this.#records)
      this.#records.set(id, { ...record, unsent: [] });
    this.#show();
  }

  override async sendAgain(id: string): Promise<void> {
    this.refused = this.refused.filter((one) => one.id !== id);
  }

  override async dismiss(what: { id?: string; n: number }): Promise<void> {
    if (what.id)
      this.refused = this.refused.filter((one) => one.id !== what.id);
    else
      this.index.notices = this.index.notices.filter((one) => one.n !== what.n);
  }

  override async fetchSummary(): Promise<SummaryResult> {
    return { error: "offline" };
  }

  #of(wanted: (record: RecordShown) => boolean): RecordShown[] {
    return [...this.#records.values()].filter(wanted);
  }

  #fill(id: string): void {
    this.#open.get(id)?.show(this.#of((record) => record.patient === id));
  }

  #show(): void {
    const charts = Map.groupBy(
      this.#of((record) => record.patient !== null),
      (record) => record.patient,
    );
    this.index.show(
      [...charts.values()].map((chart) => summarise(chart, ME.member)),
    );
  }
}
