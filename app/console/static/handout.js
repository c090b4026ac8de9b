// A phone at a hand-out: takes its signed list along, notes who came, and works while there is no link.
// What it notes goes into the same queue as a new case; each note counts once by its own id.
"use strict";
(() => {
  const page = document.getElementById("serah");
  if (!page || !(window.crypto && crypto.subtle)) return;
  const STORE = "konsol-serah-" + page.dataset.campaign;
  const SHOWN = 20;
  const indonesian = document.documentElement.lang !== "en";
  const say = (id, en) => (indonesian ? id : en);
  const at = (name) => document.getElementById("serah-" + name);
  const read = () => { try { return JSON.parse(localStorage.getItem(STORE)); } catch { return null; } };
  const write = (held) => localStorage.setItem(STORE, JSON.stringify(held));
  const fresh = () => crypto.randomUUID().replaceAll("-", "");
  const put = (parent, tag, text) => { const one = document.createElement(tag); one.textContent = text; parent.append(one); return one; };
  let chosen = "";

  async function ask(to, fields) {
    const body = new URLSearchParams(fields);
    body.set("kunci", page.querySelector('input[name="kunci"]').value);
    body.set("sekali", fresh());
    const answer = await fetch(to, { method: "POST", body, headers: { Accept: "application/json" } });
    const told = answer.redirected ? {} : await answer.json().catch(() => ({}));
    if (!answer.ok || answer.redirected) throw new Error((told.errors || []).map((one) => one.detail).join(" ") || told.detail || say("Masuk lagi, lalu ulangi.", "Sign in again and repeat."));
    return told;
  }

  function tell(words, bad) {
    at("kabar").textContent = words;
    at("kabar").className = bad ? "wrong" : "said";
    at("kabar").hidden = !words;
  }

  const offline = (error) => tell(error instanceof TypeError ? say("Tidak ada jaringan. Daftar hanya dapat diambil saat ada jaringan.", "No link. The list can only be taken while there is one.") : error.message, true);

  async function take(held) {
    const told = await ask(page.dataset.to + "/daftar", { device: held.device, hours: "24" });
    // What was noted while the answer was on its way stays; a list that was deleted meanwhile stays deleted.
    const now = read();
    if (held.list && !now) return;
    write({ ...held, ...now, device: held.device, key: held.key, list: told.list, signature: told.signature, done: (now && now.device === held.device && now.done) || {} });
    tell(say("Daftar ada di perangkat ini.", "The list is on this device."));
    draw();
  }

  async function prepare(event) {
    event.preventDefault();
    try {
      const made = await ask(page.dataset.to + "/perangkat", new FormData(event.target));
      await take({ device: made.id, key: made.key, done: {} });
    } catch (error) { offline(error); }
  }

  const marks = { waiting: say("dicatat, belum terkirim", "noted, not sent yet"), given: say("sudah diserahkan", "handed out"), noted: say("dicatat, tidak diserahkan", "noted, not handed out") };
  const plain = (text) => text.toLowerCase().replace(/[\s-]/g, "");
  const matching = (held, text) => {
    const wanted = plain(text);
    return wanted ? held.list.entries.filter((one) => plain(one.code).includes(wanted) || plain(one.name).includes(wanted)) : [];
  };

  function search() {
    const held = read(), all = held && held.list ? matching(held, at("cari").value) : [];
    const list = at("hasil");
    list.replaceChildren();
    at("jumlah").textContent = at("cari").value.trim() ? say(`${all.length} orang`, `${all.length} people`) : "";
    for (const one of all.slice(0, SHOWN)) {
      const row = put(list, "li", "");
      put(row, "strong", one.name);
      put(row, "small", ` ${one.code} · ${one.component}${one.nik ? " · " + one.nik : ""} `);
      const done = held.done[one.code];
      if (done) put(row, "span", done.words || marks[done.state] || done.state).className = done.bad ? "badge secret" : "badge";
      if (done && !done.bad && done.state !== "noted") continue;
      const button = put(row, "button", say("Pilih", "Choose"));
      button.type = "button";
      button.className = "other";
      button.setAttribute("aria-label", say("Pilih ", "Choose ") + one.name);
      button.addEventListener("click", () => choose(one));
    }
  }

  function choose(one) {
    chosen = one ? one.code : "";
    at("orang").hidden = !one;
    if (!one) return;
    at("orang").reset();
    at("nama").textContent = `${one.name} · ${one.code}`;
    at("nama").focus();
  }

  async function signed(held, line) {
    const raw = Uint8Array.from(atob(held.key), (one) => one.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const made = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(line));
    return [...new Uint8Array(made)].map((one) => one.toString(16).padStart(2, "0")).join("");
  }

  async function note(event) {
    event.preventDefault();
    const held = read(), code = chosen, fields = new URLSearchParams(new FormData(at("orang")));
    if (!held || !held.list || !code) return;
    const proxy = ["name", "relation", "letter"].map((name) => (fields.get("proxy." + name) || "").trim());
    if (proxy.some(Boolean) && !proxy.every(Boolean)) return tell(say("Isi nama, hubungan, dan surat kuasa wakilnya.", "Give name, relation and letter of whoever came in her stead."), true);
    if (fields.get("outcome") === "turned_away" && !fields.get("reason")) return tell(say("Pilih sebab tidak diserahkan.", "Choose why it was not handed out."), true);
    tell("");
    const id = fresh(), when = new Date().toISOString(), outcome = fields.get("outcome") || "given";
    if (outcome === "given") fields.delete("reason");
    const line = [held.list.list, id, code, when, outcome].join("|");
    const told = { device_id: held.device, list_id: held.list.list, list_signature: held.signature, client_id: id, code, device_at: when, outcome, signature: await signed(held, line), sekali: id };
    for (const [name, value] of Object.entries(told)) fields.set(name, value);
    const detail = { to: page.dataset.to + "/serah", what: "serah", once: id, fields: fields.toString(), kept: false };
    // Kept first: what is not in the queue must not look noted.
    document.dispatchEvent(new CustomEvent("konsol:antre", { detail }));
    if (!detail.kept) return tell(say("TIDAK tercatat: perangkat ini penuh. Catat di kertas, lalu kosongkan ruangnya.", "NOT noted: this device is full. Note it on paper, and make room."), true);
    choose(null);
    const after = read() || held;
    after.done[code] = { state: "waiting", id };
    try { write(after); } catch { /* The queue has it; only the mark in this list is missing. */ }
    tell(say("Dicatat: ", "Noted: ") + code);
    at("cari").value = "";
    at("cari").focus();
    search();
  }

  document.addEventListener("konsol:hasil", (event) => {
    const held = read(), told = event.detail.told;
    const found = held && Object.entries(held.done).find(([, one]) => one.id === event.detail.once);
    if (!found || !told.verdict) return;
    const state = told.verdict.code, bad = state === "refused" || state === "duplicate";
    const why = told.refusal ? told.refusal.label : told.first ? `${told.first.device_name || ""} ${new Date(told.first.device_at).toLocaleString(indonesian ? "id-ID" : "en-GB")}` : "";
    held.done[found[0]] = { state, bad, words: bad ? `${told.verdict.label}${why ? ": " + why : ""}` : "" };
    write(held);
    if (bad) tell(`${found[0]}: ${held.done[found[0]].words}`, true);
    search();
  });

  function draw() {
    const held = read();
    if (held && held.list && Date.parse(held.list.expires_at) <= Date.now()) {
      // Names stay on the phone no longer than its list is good for.
      delete held.list;
      write(held);
      tell(say("Daftar di perangkat ini sudah lewat waktu. Ambil lagi.", "The list on this device is over. Take it anew."), true);
    }
    at("siapkan").hidden = Boolean(held);
    at("ada").hidden = !held;
    at("kerja").hidden = !(held && held.list);
    if (held && held.list) at("tentang").textContent = say(`${held.list.entries.length} orang di perangkat ini, berlaku sampai `, `${held.list.entries.length} people on this device, until `) + new Date(held.list.expires_at).toLocaleString(indonesian ? "id-ID" : "en-GB");
    search();
  }

  at("siapkan").addEventListener("submit", prepare);
  at("orang").addEventListener("submit", note);
  at("batal").addEventListener("click", () => choose(null));
  at("cari").addEventListener("input", search);
  at("ambil").addEventListener("click", () => take(read()).catch(offline));
  at("hapus").addEventListener("click", () => { localStorage.removeItem(STORE); tell(""); draw(); });
  page.hidden = false;
  draw();
})();
