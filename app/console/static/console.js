// What a page does beyond showing itself. Without it everything still reads, and every form still goes.
"use strict";
(() => {
  const STORE = "konsol-antre";
  const EVERY = 15000;
  const indonesian = document.documentElement.lang !== "en";
  const say = (id, en) => (indonesian ? id : en);

  // --- what could not be sent yet: kept on this device, sent later, each once by its own key ---------------
  const waiting = () => { try { return JSON.parse(localStorage.getItem(STORE) || "[]"); } catch { return []; } };
  const keep = (all) => localStorage.setItem(STORE, JSON.stringify(all));
  const device = () => {
    let id = localStorage.getItem("konsol-perangkat");
    if (!id) { id = crypto.randomUUID(); localStorage.setItem("konsol-perangkat", id); }
    return id;
  };

  function show(told) {
    const sign = document.getElementById("belum-terkirim");
    if (!sign) return;
    const all = waiting(), noted = all.filter((one) => one.what === "serah").length, n = all.length - noted;
    sign.hidden = all.length === 0 && !told;
    sign.replaceChildren();
    if (told) {
      sign.append(say("Terkirim: ", "Sent: "));
      const link = document.createElement("a");
      link.href = "/konsol/kasus/" + encodeURIComponent(told);
      link.textContent = told;
      sign.append(link, ". ");
    }
    if (n) {
      sign.append(say(`${n} kasus belum terkirim. Ia tersimpan di perangkat ini dan dikirim sendiri bila jaringan kembali.`,
        `${n} cases are not sent yet. They are kept on this device and sent by themselves once the link is back.`));
    }
    if (noted) {
      sign.append(say(` ${noted} penyerahan belum terkirim. Ia tersimpan di perangkat ini dan dikirim sendiri bila jaringan kembali.`,
        ` ${noted} hand-outs are not sent yet. They are kept on this device and sent by themselves once the link is back.`));
    }
    const refused = all.find((one) => one.refused);
    if (refused) sign.append(" " + refused.refused);
  }

  let busy = false;
  async function send() {
    if (busy) return;
    busy = true;
    try {
      for (const one of waiting()) {
        const body = new URLSearchParams(one.fields);
        const key = document.querySelector('input[name="kunci"]');
        if (key) body.set("kunci", key.value);
        let answer;
        try { answer = await fetch(one.to, { method: "POST", body, headers: { Accept: "application/json" } }); } catch { break; }
        if (answer.redirected || answer.status >= 500) break;
        const told = await answer.json().catch(() => ({}));
        const left = waiting().filter((other) => other.once !== one.once);
        if (answer.ok) {
          keep(left);
          show(told.ticket);
          document.dispatchEvent(new CustomEvent("konsol:hasil", { detail: { once: one.once, told } }));
        } else { keep([...left, { ...one, refused: told.detail || String(answer.status) }]); show(); break; }
      }
    } finally { busy = false; }
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.action.endsWith("/konsol/keluar")) {
      // Lists of names do not stay behind for whoever takes the device next; what is unsent does.
      for (const name of Object.keys(localStorage)) if (name.startsWith("konsol-serah-")) localStorage.removeItem(name);
    }
    const button = event.submitter;
    if (form.dataset.offline && !(button && button.hasAttribute("formaction"))) {
      event.preventDefault();
      const fields = new URLSearchParams(new FormData(form));
      let answer;
      try {
        if (button) button.disabled = true;
        answer = await fetch(form.action, { method: "POST", body: fields });
      } catch {
        fields.set("perangkat", device());
        fields.set("pada", new Date().toISOString());
        keep([...waiting(), { to: form.action, once: fields.get("sekali"), fields: fields.toString() }]);
        // Nothing of this person may slip into the next one's case.
        for (const one of form.elements) {
          if (one.type === "checkbox") one.checked = false;
          else if (one.name && one.type !== "hidden" && one.tagName !== "BUTTON" && one.name !== "place.village") one.value = "";
        }
        document.getElementById("bantuan")?.replaceChildren();
        form.hidden = Boolean(form.elements["subject.id"]);
        show();
        scrollTo(0, 0);
        const once = form.querySelector('input[name="sekali"]');
        if (once) once.value = crypto.randomUUID().replaceAll("-", "");
        return;
      } finally { if (button) button.disabled = false; }
      const html = await answer.text();
      const drawn = new DOMParser().parseFromString(html, "text/html");
      document.title = drawn.title;
      document.getElementById("isi").replaceWith(drawn.getElementById("isi"));
      document.getElementById("isi").focus();
      if (window.htmx) window.htmx.process(document.getElementById("isi"));
      scrollTo(0, 0);
    } else if (button && !form.hasAttribute("hx-get") && !("here" in form.dataset)) {
      // The same press twice is one act by its key; the button says that it was heard.
      setTimeout(() => { button.disabled = true; }, 0);
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
  });
  // Another part of a page has something that must arrive: kept first, sent then.
  document.addEventListener("konsol:antre", (event) => {
    const { kept, ...one } = event.detail;
    try { keep([...waiting(), one]); } catch { return; }
    event.detail.kept = true;
    show();
    send();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("online", send);
  setInterval(() => { if (waiting().length) send(); }, EVERY);
  show();
  if (waiting().length) send();
})();
