// Zoek & Vind: what pages do more with a script. Everything works without it.
"use strict";

document.documentElement.classList.add("met-script");

// A filter works at once; afterwards the focus is back where it was.
(function filters() {
  const forms = document.getElementById("uitlegformulier") || document.getElementById("zoekformulier");
  if (!forms) return;
  const kept = "zv-focus";
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !("direct" in box.dataset)) return;
    try {
      // Values may name people: they stay in this tab and go with it.
      sessionStorage.setItem(kept, JSON.stringify([box.name, box.value, window.scrollY]));
    } catch { /* without storage the focus starts at the top */ }
    (box.form || forms).requestSubmit();
  });
  try {
    const [name, value, top] = JSON.parse(sessionStorage.getItem(kept) || "[]");
    sessionStorage.removeItem(kept);
    const boxes = document.querySelectorAll("input[type=checkbox][data-direct]");
    const box = [...boxes].find((box) => box.name === name && box.value === value);
    if (!box) return;
    const more = box.closest("details");
    if (more) more.open = true;
    box.focus({ preventScroll: true });
    window.scrollTo(0, top);
  } catch { /* see above */ }
})();

// Words of the documents that begin as the last word of the question. They are fetched by POST: what people search
// for stands in no address.
(function suggestions() {
  const input = document.getElementById("vraag");
  const list = document.getElementById("suggesties");
  if (!input || !list || !window.fetch) return;
  const zaak = input.form.elements.zaak;
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    const begin = /[\p{L}\p{N}]{3,}$/u.exec(input.value);
    if (!begin) {
      list.replaceChildren();
      return;
    }
    waiting = setTimeout(async () => {
      const asked = input.value;
      try {
        const answer = await fetch("/v1/suggesties", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ begin: begin[0], ...(zaak && { zaak: zaak.value }) }),
        });
        if (!answer.ok || input.value !== asked) return;
        const before = asked.slice(0, asked.length - begin[0].length);
        const words = (await answer.json()).suggesties;
        list.replaceChildren(...words.map((word) => new Option("", before + word)));
      } catch { /* without an answer there are no suggestions */ }
    }, 200);
  });
})();

// Progress of a proefscan; when it is done, the page with what it found.
(function scan() {
  const bar = document.querySelector("[data-proefscan]");
  if (!bar) return;
  const text = bar.querySelector("[data-voortgang]");
  const number = new Intl.NumberFormat("nl-NL");
  const look = async () => {
    try {
      const answer = await fetch(bar.dataset.proefscan);
      if (!answer.ok) return;
      const now = await answer.json();
      if (!now.bezig) {
        location.reload();
        return;
      }
      text.textContent = `${number.format(now.gezien)} bestanden gezien`;
    } catch { /* asked again */ }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
})();

// Progress of a run.
(function progress() {
  const bar = document.querySelector("[data-stroom]");
  if (!bar || !window.EventSource) return;
  const text = bar.querySelector("[data-voortgang]");
  const done = bar.querySelector("[data-klaar]");
  const number = new Intl.NumberFormat("nl-NL");
  const said = (now) => {
    const files = now.ocr_documenten === 1 ? "bestand" : "bestanden";
    switch (now.fase) {
      case "tekstherkenning":
        return `Tekstherkenning: ${number.format(now.ocr_gedaan)} van ${number.format(now.ocr_documenten)} ${files}; ` +
          "de rest is al doorzoekbaar.";
      case "ophalen":
        return `Ophalen wat openbaar is: ${number.format(now.opgehaald)} documenten bekeken.`;
      case "verbanden":
        return "Verbanden zoeken tussen documenten; alles is al doorzoekbaar.";
      default:
        return `Het inlezen is bezig: ${number.format(now.gezien)} bestanden bekeken${outlook(now)}.`;
    }
  };
  const outlook = (now) => {
    const read = now.te_lezen === undefined ? ""
      : `, ${number.format(now.gelezen)} van ${number.format(now.te_lezen)} gelezen`;
    const seconds = now.nog_seconden;
    if (seconds === undefined) return read;
    const left = seconds < 90 ? "een minuut"
      : seconds < 5400 ? `${Math.round(seconds / 60)} minuten`
      : `${Math.round(seconds / 3600)} uur`;
    return `${read}, nog ongeveer ${left}`;
  };
  const source = new EventSource(bar.dataset.stroom);
  source.addEventListener("voortgang", (event) => {
    const now = JSON.parse(event.data);
    text.textContent = said(now);
  });
  source.addEventListener("einde", (event) => {
    source.close();
    const complete = JSON.parse(event.data).volledig;
    bar.querySelector(".breed").textContent = "";
    const link = document.createElement("a");
    link.href = window.location.href.split("#")[0];
    link.textContent = "Ververs de pagina";
    done.textContent = complete ? "Het inlezen is klaar. " : "Het inlezen is gestopt. ";
    bar.querySelector(".breed").append(done, link);
  });
})();

// From hit to hit, with buttons and with the keys n and p.
(function hits() {
  const bar = document.querySelector("[data-treffers]");
  if (!bar) return;
  const first = Number(bar.dataset.eerste);
  const last = Number(bar.dataset.laatste);
  const total = Number(bar.dataset.treffers);
  let current = 0;

  const outside = (name) => {
    const link = bar.querySelector(`[data-${name}-deel]`);
    if (link) window.location.href = link.href;
  };
  const show = (wanted) => {
    if (wanted > last) return outside("volgend");
    if (wanted < first || first === 0) return outside("vorig");
    const hit = document.getElementById(`treffer-${wanted}`);
    if (!hit) return;
    current = wanted;
    hit.focus();
    hit.scrollIntoView({ block: "center" });
    where.textContent = `Treffer ${current} van ${total}`;
  };
  const next = () => show(current ? current + 1 : first || last + 1);
  const previous = () => show(current ? current - 1 : last);

  const button = (label, act) => {
    const item = document.createElement("li");
    const made = document.createElement("button");
    made.type = "button";
    made.className = "knop klein";
    made.textContent = label;
    made.addEventListener("click", act);
    item.append(made);
    return item;
  };
  const where = document.createElement("span");
  where.setAttribute("role", "status");
  const place = document.createElement("li");
  place.append(where);

  // WCAG 2.1.4: keys of one letter can be switched off.
  const keys = document.createElement("input");
  keys.type = "checkbox";
  const stored = "zv-toetsen";
  try { keys.checked = localStorage.getItem(stored) !== "uit"; } catch { keys.checked = true; }
  keys.addEventListener("change", () => {
    try { localStorage.setItem(stored, keys.checked ? "aan" : "uit"); } catch { /* only for this page */ }
  });
  const label = document.createElement("label");
  label.append(keys, " Toetsen n en p");
  const choice = document.createElement("li");
  choice.append(label);

  const list = bar.querySelector("ul");
  list.prepend(button("Vorige treffer", previous), button("Volgende treffer", next), place);
  list.append(choice);
  for (const link of list.querySelectorAll("a")) link.parentElement.hidden = true;

  document.addEventListener("keydown", (event) => {
    if (!keys.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    if (event.key === "n") next();
    else if (event.key === "p") previous();
    else return;
    event.preventDefault();
  });
  document.getElementById("tekst")?.addEventListener("focusin", (event) => {
    const hit = event.target.closest(".treffer");
    if (hit) current = Number(hit.id.slice("treffer-".length));
  });
  const named = /^#treffer-(\d+)$/.exec(window.location.hash);
  if (named) show(Number(named[1]));
})();

// Judging with the keyboard: j and k go on and back, a digit judges, u takes back. Values that need a reason ask for
// it with a second digit. b leads to the beoordeling, where a digit chooses what becomes public; d makes it final, m
// leads to the remarks. What was saved is said aloud, and the focus stays with the document.
(function judging() {
  const place = document.querySelector("[data-schifttoetsen]");
  const form = document.getElementById("schiftformulier");
  if (!place) return;
  const verdict = document.getElementById("oordeelformulier");
  const status = document.getElementById("schiftmelding");
  const say = (text) => {
    // Emptied first: the same words twice are said twice.
    status.textContent = "";
    setTimeout(() => { status.textContent = text; }, 50);
  };

  // WCAG 2.1.4: keys of one letter can be switched off.
  const keys = document.createElement("input");
  keys.type = "checkbox";
  const stored = "zv-schifttoetsen";
  try { keys.checked = localStorage.getItem(stored) !== "uit"; } catch { keys.checked = true; }
  keys.addEventListener("change", () => {
    try { localStorage.setItem(stored, keys.checked ? "aan" : "uit"); } catch { /* only for this page */ }
  });
  const label = document.createElement("label");
  label.className = "vink";
  label.append(keys, " Deze toetsen gebruiken");
  place.append(label);

  // The value that waits for its reason.
  let waiting = null;
  const reasonsOf = (button) => [...form.querySelectorAll(`[data-bij="${button.value}"] input`)];
  const wait = (button) => {
    waiting = button;
    for (const set of form?.querySelectorAll("[data-bij]") ?? []) set.classList.toggle("wacht", !!button && set.dataset.bij === button.value);
  };
  const submit = (button) => {
    wait(null);
    form.requestSubmit(button);
  };
  const choose = (button) => {
    if ("redenen" in button.dataset) {
      wait(button);
      const said = reasonsOf(button).map((box, at) => `${at + 1} ${box.closest("label").textContent.trim()}`);
      return say(`Kies de reden: ${said.join(", ")}. Escape: toch niet.`);
    }
    const needed = button.dataset.nodig && form.elements[button.dataset.nodig];
    if (!needed || needed.value.trim()) return submit(button);
    document.getElementById("schiftmeer").open = true;
    const only = needed.list && needed.list.options.length === 1 ? needed.list.options[0].value : "";
    if (only) needed.value = only;
    needed.focus();
    say("Vul dit in en druk op Enter.");
  };
  const reason = (digit) => {
    const button = waiting;
    const box = reasonsOf(button)[digit - 1];
    if (!box) return;
    box.checked = true;
    if (box.value !== "anders" || form.elements.toelichting.value.trim()) return submit(button);
    wait(null);
    form.elements.toelichting.focus();
    say(`Schrijf op wat de reden is, en kies daarna ${button.value.replace("-", " ")}.`);
  };
  // Enter in such a field means the value that it belongs to.
  for (const button of form?.querySelectorAll("[data-nodig]") ?? []) {
    form.elements[button.dataset.nodig].addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      submit(button);
    });
  }

  // In a text of more lines Enter is a new line; with Ctrl it sends. Not in the form of the values: which would it be?
  for (const text of document.querySelectorAll("#oordeelformulier textarea, #opmerkformulier textarea")) {
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.ctrlKey) return;
      event.preventDefault();
      text.form.requestSubmit(text.form.querySelector("[type=submit]"));
    });
  }

  // Whether a digit chooses what becomes public.
  let deciding = false;
  const options = verdict ? [...verdict.querySelectorAll("[name=oordeel]")] : [];
  const decide = () => {
    verdict.closest("details").open = true;
    (options.find((option) => option.checked) ?? options[0]).focus();
    deciding = true;
    const said = options.map((option, at) => `${at + 1} ${option.closest("label").textContent.trim()}`);
    say(`Kies het oordeel: ${said.join(", ")}. Escape: toch niet.`);
  };
  const chosen = (option) => {
    option.checked = true;
    const [field, words] = {
      "deels-openbaar": [verdict.elements.gronden, "Schrijf de gronden op, en druk op Enter."],
      "niet-openbaar": [verdict.elements.gronden, "Schrijf de gronden op, en druk op Enter."],
      "reeds-openbaar": [verdict.elements.link, "Vul de link in, en druk op Enter."],
    }[option.value] ?? [verdict.querySelector("[name=verder]"), "Druk op Enter om op te slaan."];
    field.focus();
    say(words);
  };
  verdict?.addEventListener("focusout", (event) => {
    if (!verdict.contains(event.relatedTarget)) deciding = false;
  });
  verdict?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    deciding = false;
    document.getElementById("stuk").focus({ preventScroll: true });
  });

  document.addEventListener("keydown", (event) => {
    if (!keys.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    if (waiting && event.key === "Escape") {
      wait(null);
      say("Er is niets gekozen.");
    } else if (waiting && /^[1-9]$/.test(event.key)) {
      reason(Number(event.key));
    } else if (deciding && /^[1-9]$/.test(event.key)) {
      const option = options[Number(event.key) - 1];
      if (option) chosen(option);
    } else if (event.key === "b" && verdict) {
      decide();
    } else if (event.key === "m" && document.getElementById("opmerking")) {
      document.getElementById("opmerking").focus();
    } else {
      const target = /^[1-9djku]$/.test(event.key) && document.querySelector(`[data-toets="${event.key}"]`);
      if (!target) return;
      if (form && target.form === form) choose(target);
      else target.click();
    }
    event.preventDefault();
  });

  const wrong = document.getElementById("schiftfout");
  const saved = document.getElementById("opgeslagen");
  if (wrong) wrong.focus();
  else if (!window.location.hash) document.getElementById("stuk").focus({ preventScroll: true });
  if (saved) say(saved.textContent.trim());
})();
