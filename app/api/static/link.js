// The page of a receiver without an account: reads the token behind the "#", which no server has seen, shows the
// one referral that it opens, and sends the answer. Everything that comes in is put on the page as text.
"use strict";

(() => {
  const page = document.getElementById("page");
  const API = "/v1/letter-links/";
  const BUNDLE = { name: "Nama", nik: "NIK", kk: "Nomor KK", phone: "Telepon", address: "Alamat", born_on: "Tanggal lahir", sex: "Jenis kelamin", chronology: "Uraian", papers: "Berkas yang ada" };
  const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  const FORMS = {
    accept: { main: true, fields: [["note", "Catatan", "text", true]] },
    return: { fields: [["missing", "Yang masih kurang", "set:paper,return_reason"], ["note", "Penjelasan", "text", true]] },
    refuse: { fields: [["reason", "Alasan", "set:refusal_reason"], ["note", "Penjelasan", "text", true]] },
    not_ours: { fields: [["right_body", "Kode lembaga yang berwenang, atau “up” bila tidak tahu", "line"], ["note", "Penjelasan", "text", true]] },
    start: { fields: [["note", "Catatan", "text", true]] },
    deliver: { main: true, fields: [["component", "Komponen", "component"], ["amount_idr", "Jumlah (rupiah)", "number", true], ["goods", "Atau barang/jasa", "line", true], ["period", "Periode, mis. 2026-11 atau once", "line"], ["date", "Tanggal diserahkan", "date"], ["proof", "Nomor bukti", "line"]] },
    fulfil: { main: true, fields: [["extent", "Terpenuhi", "extent"], ["finding", "Hasil pemeriksaan (pengaduan)", "text", true], ["answer", "Jawaban kepada warga (pengaduan)", "text", true], ["note", "Catatan", "text", true]] },
    fail: { fields: [["reason", "Alasan", "set:unfulfilled_reason"], ["note", "Penjelasan", "text", true]] },
    question: { fields: [["text", "Pertanyaan kepada pengirim", "text"]] },
  };
  const state = { token: "", etag: "", referral: null, sets: {}, components: {} };

  const make = (tag, text, attrs) => {
    const node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = String(text);
    for (const [name, value] of Object.entries(attrs || {})) node.setAttribute(name, value);
    return node;
  };
  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  const send = async (method, path, body, headers) => {
    const answer = await fetch(path, {
      method,
      headers: { "Accept": "application/json", "Accept-Language": "id", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...(state.token ? { "Authorization": `Bearer ${state.token}` } : {}), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    const shown = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      const refusal = new Error(shown.detail || shown.title || "Permintaan ditolak.");
      refusal.fields = shown.errors || [];
      throw refusal;
    }
    return { shown, etag: answer.headers.get("ETag") || "" };
  };

  const fault = (text) => {
    page.querySelectorAll(".fault, .done, .quiet.wait").forEach((node) => node.remove());
    page.append(make("p", text, { class: "fault", role: "alert" }));
  };

  const list = (pairs) => {
    const dl = make("dl");
    for (const [label, value] of pairs) if (value !== null && value !== undefined && value !== "") dl.append(make("dt", label), make("dd", value));
    return dl;
  };

  const codes = async (name) => {
    if (!state.sets[name]) {
      const found = await send("GET", `/v1/codes?set=${encodeURIComponent(name)}`);
      state.sets[name] = found.shown.items[0].codes;
    }
    return state.sets[name];
  };

  const named = async (set, code) => {
    const found = (await codes(set)).find((one) => one.code === code);
    return found ? found.label.id : code;
  };

  const day = (text) => new Date(`${text}T12:00:00`).toLocaleDateString("id-ID", { day: "numeric", month: "long", year: "numeric" });

  const component = (code) => state.components[code] || code;

  // What codes mean, in words; the page can do without them.
  const learn = async () => {
    const one = state.referral;
    try {
      const program = await send("GET", `/v1/programs/${encodeURIComponent(one.program)}`);
      for (const part of program.shown.components) state.components[part.code] = part.label.id;
    } catch { state.components = {}; }
    if (!one.bundle) return;
    if (one.bundle.sex) one.bundle.sex = await named("sex", one.bundle.sex);
    if (one.bundle.born_on) one.bundle.born_on = day(one.bundle.born_on);
    if (one.bundle.papers) one.bundle.papers = await Promise.all(one.bundle.papers.map((code) => named("paper", code)));
  };

  const option = (value, label) => make("option", label, { value });

  const input = async (kind, name) => {
    if (kind === "text") return make("textarea", "", { name, maxlength: "4000" });
    if (kind === "extent") {
      const node = make("select", "", { name });
      node.append(option("full", "Seluruhnya"), option("partial", "Sebagian"));
      return node;
    }
    if (kind === "component") {
      const planned = [...new Set((state.referral.lines || []).map((line) => line.component))];
      if (!planned.length) return make("input", "", { name, maxlength: "64" });
      const node = make("select", "", { name });
      for (const one of planned) node.append(option(one, component(one)));
      return node;
    }
    if (kind.startsWith("set:")) {
      const node = make("select", "", { name });
      for (const set of kind.slice(4).split(",")) for (const one of await codes(set)) node.append(option(one.code, one.label.id));
      return node;
    }
    const attrs = { name, type: kind === "line" ? "text" : kind, maxlength: "200" };
    if (name === "period") attrs.value = ((state.referral.lines || []).find((line) => line.state.code === "planned") || {}).period || "";
    if (kind === "date") { attrs.value = today(); attrs.max = today(); }
    if (kind === "number") { attrs.min = "1"; attrs.step = "1"; attrs.inputmode = "numeric"; }
    return make("input", "", attrs);
  };

  const read = (form, fields) => {
    const body = {};
    for (const [name, , kind] of fields) {
      const text = form.elements[name].value.trim();
      if (text === "") continue;
      body[name] = kind === "number" ? Number(text) : name === "missing" ? [text] : text;
    }
    return body;
  };

  const openForm = async (action) => {
    document.querySelectorAll("form").forEach((node) => node.remove());
    document.querySelectorAll(".actions button").forEach((node) => node.setAttribute("aria-pressed", String(node.dataset.code === action.code)));
    const spec = FORMS[action.code];
    const form = make("form", "", { novalidate: "" });
    for (const [name, label, kind, optional] of spec.fields) {
      const row = make("label", optional ? `${label} (boleh kosong)` : label);
      row.append(await input(kind, name));
      form.append(row);
    }
    const submit = make("button", `Kirim: ${action.label}`, { type: "submit", class: "main" });
    form.append(submit);
    const once = key();
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
      try {
        const answer = await send("POST", `${API}referral/${action.code}`, read(form, spec.fields), { "If-Match": state.etag, "Idempotency-Key": once });
        state.referral = answer.shown;
        state.etag = answer.etag;
        await learn();
        show(`Jawaban Anda tercatat: ${action.label}.`);
      } catch (error) {
        submit.disabled = false;
        const labels = Object.fromEntries(spec.fields);
        const wrong = (error.fields || []).map((one) => `${labels[one.pointer.split("/")[1]] || "Isian"}: ${one.detail}`);
        fault([error.message, ...wrong].join("\n"));
      }
    });
    document.querySelector(".actions").after(form);
    form.querySelector("input, select, textarea").focus();
  };

  const show = (done) => {
    const one = state.referral;
    page.replaceChildren();
    page.append(make("h1", one.program_name || "Rujukan"));
    if (one.agency_name) page.append(make("p", `Untuk ${one.agency_name}${one.ticket ? `, kasus ${one.ticket}` : ""}`, { class: "quiet" }));
    page.append(make("span", one.status.label, { class: "status" }));
    if (done) page.append(make("p", done, { class: "done", role: "status" }));
    if (one.bundle) {
      page.append(make("h2", "Warga yang dirujuk"));
      page.append(list(Object.entries(BUNDLE).map(([name, label]) => [label, Array.isArray(one.bundle[name]) ? one.bundle[name].join(", ") : one.bundle[name]])));
    } else {
      page.append(make("p", "Rujukan ini sudah berakhir; data warga tidak ditampilkan lagi.", { class: "quiet" }));
    }
    if ((one.lines || []).length) {
      page.append(make("h2", "Bantuan"));
      const ul = make("ul");
      for (const line of one.lines) ul.append(make("li", [component(line.component), line.period, line.state.label, line.amount_idr || line.planned_idr ? `Rp${(line.amount_idr || line.planned_idr).toLocaleString("id-ID")}` : line.goods].filter(Boolean).join(" · ")));
      page.append(ul);
    }
    if ((one.messages || []).length) {
      page.append(make("h2", "Pesan"));
      page.append(list(one.messages.map((message) => [new Date(message.at).toLocaleString("id-ID"), message.text])));
    }
    const offered = (one.allowed_actions || []).filter((action) => FORMS[action.code]);
    if (offered.length) {
      page.append(make("h2", "Jawaban Anda"));
      const row = make("div", "", { class: "actions" });
      for (const action of offered) {
        const button = make("button", action.label, { type: "button", "data-code": action.code, ...(FORMS[action.code].main ? { class: "main" } : {}) });
        button.addEventListener("click", () => openForm(action).catch((error) => fault(error.message)));
        row.append(button);
      }
      page.append(row);
    }
  };

  const begin = async () => {
    const secret = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    if (!secret) {
      page.replaceChildren(make("h1", "Tautan tidak lengkap"));
      fault("Buka halaman ini dengan memindai kode, atau menyalin seluruh alamat, dari pengirim surat.");
      return;
    }
    state.token = (await send("POST", `${API}open`, { token: secret })).shown.access_token;
    const answer = await send("GET", `${API}referral`);
    state.referral = answer.shown;
    state.etag = answer.etag;
    await learn();
    show("");
  };

  begin().catch((error) => {
    page.replaceChildren(make("h1", "Rujukan tidak dapat dibuka"));
    fault(error.message);
  });
})();
