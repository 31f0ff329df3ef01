// What do the pages do where a script may run? Nothing here is needed: every task works without it.
"use strict";

(() => {
  // The summary of errors is read out first.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
  }

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("button, a");
    if (!pressed) {
      return;
    }
    if (pressed.matches("[data-print]")) {
      window.print();
    }
    // A link in the summary puts the cursor into its box, with the label in sight.
    if (pressed.closest("[data-error-summary]") && pressed.hash) {
      const box = document.getElementById(decodeURIComponent(pressed.hash.slice(1)));
      if (box) {
        event.preventDefault();
        (box.closest(".govuk-form-group") || box).scrollIntoView({ block: "start" });
        box.focus({ preventScroll: true });
      }
    }
  });

  // A press on a drawing puts that day into the form that asks for one (data-picks-day names its box).
  document.addEventListener("click", (event) => {
    const drawing = event.target.closest("svg[data-first]");
    const frame = drawing && drawing.closest("[data-picks-day]");
    const box = frame && document.getElementById(frame.dataset.picksDay);
    if (!box) {
      return;
    }
    const { first, last, left, right } = drawing.dataset;
    const edges = drawing.getBoundingClientRect();
    const share = ((event.clientX - edges.left) / edges.width - left) / (right - left);
    const span = Date.parse(last) - Date.parse(first);
    const day = Date.parse(first) + Math.min(Math.max(share, 0), 1) * span;
    box.value = new Date(day).toISOString().slice(0, 10);
    box.form.requestSubmit();
  });

  // Buttons that only a script can answer are hidden until there is one.
  for (const hidden of document.querySelectorAll("[data-needs-script]")) {
    hidden.hidden = false;
  }

  // A form is sent once, however often the button is pressed. The way back makes it usable again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
    }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-sent]")) {
      delete form.dataset.sent;
    }
  });

  // What opened in place closes with Escape or with what opened it, and the focus goes back to that. Several may
  // stand open; Escape closes the one that has the focus, or else the last.
  let asking = null;
  let last = null;
  const frameOf = (opener) => document.querySelector(opener.dataset.hxTarget);
  const close = (frame) => {
    const opener = document.querySelector(`[data-opens][data-hx-target="#${frame.id}"]`);
    frame.replaceChildren();
    last = null;
    if (opener) {
      opener.setAttribute("aria-expanded", "false");
      opener.focus();
    }
  };
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens][aria-expanded='true']");
    if (opener) {
      event.preventDefault();
      event.stopPropagation();
      close(frameOf(opener));
    }
  }, true);
  document.addEventListener("htmx:before:request", (event) => {
    if (event.target.matches && event.target.matches("[data-opens]")) {
      asking = event.target;
    }
  });
  document.addEventListener("htmx:after:swap", () => {
    const opened = asking && frameOf(asking).querySelector("[data-opened]");
    if (opened) {
      asking.setAttribute("aria-expanded", "true");
      last = frameOf(asking);
      asking = null;
      opened.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    const focused = document.activeElement.closest("[data-opened]");
    const frame = focused ? focused.parentElement : last;
    if (event.key === "Escape" && frame) {
      close(frame);
    }
  });

  // A part that does not arrive says so; the page stays as it was.
  const notice = document.getElementById("script-notice");
  const failed = () => {
    if (notice) {
      notice.textContent = notice.dataset.words;
      notice.hidden = false;
    }
  };
  document.addEventListener("htmx:error", failed);
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status >= 500) { // a refusal did arrive, and stands in its place
      failed();
    }
  });
  document.addEventListener("htmx:before:request", () => {
    if (notice) {
      notice.hidden = true;
    }
  });
})();
