// Small comforts. Every page works without this file.
(() => {
  // The summary of findings takes focus after a submit; a panel opened by its address takes it at its heading.
  const settle = (root) => {
    const summary = root.querySelector("#findings");
    if (summary) { summary.focus({ preventScroll: false }); return; }
    // After the browser has gone to the fragment itself, which takes focus away again.
    const panel = () => setTimeout(() => document.getElementById("why-h")?.focus(), 0);
    if (location.hash === "#why") { document.readyState === "complete" ? panel() : addEventListener("load", panel); }
  };
  const ready = () => settle(document);
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", ready) : ready();

  // A link in the summary leads to the field itself, also where the page would only scroll.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".findings a[href^='#']");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!field) { return; }
    event.preventDefault();
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });

  // A row that htmx has added takes focus at its first empty field.
  document.addEventListener("htmx:afterSwap", (event) => {
    const grid = event.detail.target.querySelector?.("[data-focus-last]");
    if (!grid) { return; }
    const rows = grid.querySelectorAll("tbody tr:not(.under)");
    rows[rows.length - 1]?.querySelector("input:not([type=hidden]), select")?.focus();
  });

  // One press is enough: a form that is being sent is not sent again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });

  // Close a menu at the top on Escape.
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(".who details[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  // And when one presses or moves on elsewhere.
  ["click", "focusin"].forEach((what) => document.addEventListener(what, (event) => {
    document.querySelectorAll(".who details[open]").forEach((one) => { if (!one.contains(event.target)) { one.open = false; } });
  }));

  // On a narrow screen the table is the easier form of a picture, unless a list stands in the picture's place already.
  if (window.matchMedia("(max-width: 767.98px)").matches) {
    document.querySelectorAll("details[data-equal]").forEach((one) => { one.open = !one.closest("section")?.querySelector(".strips"); });
  }

  // On paper every fold is open, and each sheet says at its foot what it is.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open])")];
    opened.forEach((one) => { one.open = true; });
    const heading = document.querySelector("h1")?.textContent.trim(), whose = document.body.dataset.paper;
    const edition = document.querySelector(".editions")?.textContent.replace(/\s+/g, " ").trim() ?? "";
    const says = [heading, whose, edition.length < 170 ? edition : ""].filter(Boolean).join(" · ");
    document.documentElement.style.setProperty("--paper", JSON.stringify(says));
  });
  window.addEventListener("afterprint", () => { opened.forEach((one) => { one.open = false; }); opened = []; });
})();
