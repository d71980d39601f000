// The slider of days: says where it stands while it moves and asks for that day when it is let go. The form works without it.
(() => {
  const wire = () => {
    const range = document.getElementById("stop");
    if (!range) { return; }
    const form = range.form, day = document.getElementById("on"), said = document.getElementById("stop-said");
    const stops = range.dataset.stops.split("|").map((one) => one.split("="));
    range.removeAttribute("name"); // the date field speaks for both
    form.elements.was.remove();
    const tell = () => { const [on, words] = stops[range.value]; day.value = on; said.textContent = words; range.setAttribute("aria-valuetext", words); };
    range.setAttribute("aria-valuetext", stops[range.value][1]);
    range.addEventListener("input", tell);
    let soon;
    range.addEventListener("change", () => { clearTimeout(soon); soon = setTimeout(() => form.requestSubmit(), 250); });
    // A date that is typed takes the slider along, to the stop at or before it.
    day.addEventListener("change", () => {
      if (!day.value) { return; }
      let at = 0;
      stops.forEach(([on], nth) => { if (on <= day.value) { at = nth; } });
      range.value = at;
      const words = stops[at][0] === day.value ? stops[at][1] : day.value;
      said.textContent = words;
      range.setAttribute("aria-valuetext", words);
    });
    // On a phone the filters are folded away until they are wanted, so that the figures come first.
    const fold = form.querySelector(".narrowing"), phone = matchMedia("(max-width: 767.98px)");
    const folded = () => { fold.open = !phone.matches || "chosen" in fold.dataset; };
    folded();
    phone.addEventListener("change", folded);
    form.querySelectorAll("select, input[type=checkbox]").forEach((one) => one.addEventListener("change", () => form.requestSubmit()));
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", wire) : wire();
})();
