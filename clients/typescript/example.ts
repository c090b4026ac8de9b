// A handful of calls by the generated types. Run: node built/example.js http://127.0.0.1:8000 TOKEN
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };
const [, , url, token] = process.argv;
const api = createClient<paths>({
  baseUrl: url ?? "http://127.0.0.1:8000",
  headers: { Authorization: `Bearer ${token}`, "Accept-Language": "id" },
});

/** Give what the service answered, or stop with its problem. */
function answered<T>(told: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (told.data === undefined) throw new Error(`${told.error?.status} ${told.error?.code}: ${told.error?.detail}`);
  return told.data;
}

/** New for each act of the officer, the same each time that it is sent. */
const once = () => ({ header: { "Idempotency-Key": crypto.randomUUID() } });

const opened = answered(
  await api.POST("/v1/cases", {
    params: once(),
    body: {
      kind: "LAYANAN",
      category: "DOKUMEN_ADMINDUK",
      channel: "DATANG",
      subject: { kind: "person", name: "Contoh Warga", born_on: "1966-04-02" },
      place: { village: "13.74.01.1005" },
      chronology: "Belum punya KTP.",
      separate_reason: "Contoh dari panduan.",
      legal_basis: "public_task",
      notice_version: "2026-1",
    },
  }),
);
if (!("ticket" in opened)) throw new Error("the case has no ticket");
const { ticket } = opened;

const now = new Date().toISOString();
const done = answered(
  await api.POST("/v1/sync", {
    body: {
      device: { id: crypto.randomUUID(), sent_at: now },
      operations: [
        { id: crypto.randomUUID(), kind: "note", case: { ticket }, at: now, body: { text: "Dari antrean." } },
      ],
    },
  }),
);
const verdict: "applied" | "replayed" | "conflict" | "rejected" | "waiting" | undefined = done.results[0]?.verdict;
if (verdict !== "applied") throw new Error(`the note was not taken: ${verdict}`);

const stale = await api.PATCH("/v1/cases/{ticket}", {
  params: { path: { ticket }, header: { "If-Match": '"9"' } },
  body: { sector: "KESEHATAN" },
});
if (stale.response.status !== 412) throw new Error("somebody else's change was overwritten");

const shown = answered(await api.GET("/v1/cases/{ticket}", { params: { path: { ticket } } }));
const listed = answered(await api.GET("/v1/cases", { params: { query: { limit: 5 } } }));
if (!listed.items.some((one) => one.ticket === ticket)) throw new Error("the case is not in the list");
console.log(shown.status.label, ticket);
