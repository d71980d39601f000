// A long form saves itself while it is typed in, is checked while it is, and keeps what was typed when the session has ended.
(function () {
  "use strict";
  var PAUSE = 2500;
  var form = document.querySelector("form[data-autosave]");
  if (!form) return;
  var key = "typed-" + form.dataset.autosave;
  var saved = document.querySelector("#saved");
  var timer = null, running = false, again = false, stopped = false, leaving = false, tried = "";

  function say(text) {
    if (!saved) return;
    saved.setAttribute("role", "status");
    saved.textContent = text;
  }

  function typed() {
    var pairs = [];
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrfmiddlewaretoken") pairs.push([name, value]);
    });
    return pairs;
  }

  function keep() {
    try { sessionStorage.setItem(key, JSON.stringify(typed())); } catch (full) { /* nothing to keep it in */ }
  }

  function forget() {
    try { sessionStorage.removeItem(key); } catch (none) { /* nothing was kept */ }
  }

  // Fields that are on the page take what was kept; the version stays the kept one, so that a newer draft is never overwritten.
  function restore() {
    var kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(key) || "null"); } catch (broken) { forget(); }
    if (!kept) return;
    var version = kept.filter(function (pair) { return pair[0] === "version"; }).map(function (pair) { return Number(pair[1]); })[0];
    var safe = "saved=" + form.dataset.autosave + "." + (version + 1);
    if (document.cookie.split("; ").indexOf(safe) >= 0) { forget(); return; }
    var byName = {};
    kept.forEach(function (pair) { (byName[pair[0]] = byName[pair[0]] || []).push(pair[1]); });
    var missing = Object.keys(byName).filter(function (name) { return !form.elements.namedItem(name); });
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || field.name === "csrfmiddlewaretoken" || field.name === "do") return;
      var values = byName[field.name] || [];
      if (field.type === "checkbox") field.checked = values.indexOf(field.value) >= 0;
      else if (values.length) field.value = values[0];
    });
    missing.forEach(function (name) {  // rows that the page does not show yet travel along until the next save
      byName[name].forEach(function (value) {
        var hidden = document.createElement("input");
        hidden.type = "hidden"; hidden.name = name; hidden.value = value;
        form.appendChild(hidden);
      });
    });
    stopped = true;  // a person decides: saved with the button, a conflict is shown with both versions
    say(form.dataset.restored);
  }

  function save() {
    if (stopped || leaving) return;
    if (running) { again = true; return; }
    var now = JSON.stringify(typed());
    if (now === tried) return;
    running = true; tried = now;
    var body = new FormData(form);
    body.set("do", "autosave");
    fetch(form.action || location.href, { method: "POST", body: body, redirect: "manual", credentials: "same-origin" })
      .then(function (answer) {
        if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 401) {
          stopped = true; keep(); say(form.dataset.kept);
          return null;
        }
        if (answer.status === 409) stopped = true;
        return answer.json().then(function (told) {
          if (told.version) { form.elements.namedItem("version").value = told.version; forget(); tried = JSON.stringify(typed()); }
          say(told.said);
        });
      })
      .catch(function () { keep(); tried = ""; })
      .then(function () {
        running = false;
        if (again) { again = false; later(); }
      });
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  form.addEventListener("input", function () { if (stopped) keep(); later(); });
  form.addEventListener("change", later);
  form.addEventListener("submit", function (event) {
    clearTimeout(timer);
    if (running) {  // the version on its way decides: wait for it, or this save would meet a conflict with itself
      event.preventDefault();
      var by = event.submitter;
      var wait = setInterval(function () {
        if (running) return;
        clearInterval(wait);
        form.requestSubmit(by || undefined);
      }, 50);
      return;
    }
    leaving = true;
    keep();
  });
  // What a check found travels to its field; the page stays as it is otherwise.
  function note(answer) {
    document.querySelectorAll(".live").forEach(function (old) { old.remove(); });
    document.querySelectorAll("[data-live]").forEach(function (field) {
      field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); delete field.dataset.live;
    });
    answer.querySelectorAll("template[data-at]").forEach(function (made) {
      var field = document.getElementById(made.dataset.at);
      var note = made.content.firstElementChild;
      if (!field || !note) return;
      var there = document.getElementById(note.id);
      if (there) there.remove();
      note.classList.add("live");
      field.after(note);
      field.dataset.live = "1";
      field.setAttribute("aria-describedby", note.id);
      if (made.dataset.stops) field.setAttribute("aria-invalid", "true");
    });
  }

  // Of a statement, the figures of the paragraph that is chosen; a field that holds something never hides.
  function fold() {
    form.querySelectorAll("[data-law]").forEach(function (block) {
      var para = block.querySelector("select[name$='.para']");
      if (!para) return;
      block.querySelectorAll("[data-when]").forEach(function (one) {
        var field = one.querySelector("input, select");
        one.hidden = !field.value && one.dataset.when.split(" ").indexOf(para.value) < 0;
      });
    });
  }

  form.addEventListener("change", function (event) {
    fold();
    if (event.target.getAttribute("list") !== "bought" || !window.htmx) return;
    var known = Array.prototype.some.call(document.querySelectorAll("#bought option"), function (one) { return one.value === event.target.value; });
    var button = known && form.querySelector("[data-fill='" + event.target.id + "']");
    if (button) window.htmx.trigger(button, "fill");
  });
  // What is typed into a row while its known item is looked up stays typed.
  var asked = {}, typedSince = {};
  function valuesIn(row) {
    var found = {};
    row.querySelectorAll("input[name], select[name]").forEach(function (field) {
      found[field.name] = field.type === "checkbox" ? field.checked : field.value;
    });
    return found;
  }
  function isRow(event) { return event.detail.target && /^row-/.test(event.detail.target.id); }
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (isRow(event)) asked = valuesIn(event.detail.target);
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    typedSince = {};
    if (!isRow(event)) return;
    var now = valuesIn(event.detail.target);
    Object.keys(now).forEach(function (name) { if (now[name] !== asked[name]) typedSince[name] = now[name]; });
  });
  document.addEventListener("htmx:afterSwap", function () {
    Object.keys(typedSince).forEach(function (name) {
      var field = form.elements.namedItem(name);
      if (!field) return;
      if (field.type === "checkbox") field.checked = typedSince[name]; else field.value = typedSince[name];
    });
    typedSince = {};
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id === "checked") note(event.target);
    else if (form.contains(event.target)) later();
  });
  fold();
  window.addEventListener("pageshow", function () { leaving = false; });
  if (document.querySelector("[aria-invalid='true']") || form.dataset.unsaved) forget(); else restore();
})();
