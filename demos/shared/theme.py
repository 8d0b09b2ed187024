"""How the page looks: theme, style sheet, and the switch between light and dark."""

from __future__ import annotations

import gradio as gr

HEAD = '<meta name="viewport" content="width=device-width, initial-scale=1">'

TOGGLE_THEME = "() => { document.body.classList.toggle('dark'); }"

# Changes sentences; filled with a table: language, then component by component, property and sentence.
TRANSLATE = """(language) => {
  const table = %s;
  return (table[language] || table.en).map((own) => ({ ...own, __type__: 'update' }));
}"""

# The pad opens with no tool in hand; a visitor expects a pen. Tries again until the pad is there.
TAKE_PEN = """() => {
  const take = (tries) => {
    const pen = document.querySelector('#pad button[aria-label="Brush"]');
    if (pen) { pen.click(); return; }
    if (tries > 0) setTimeout(() => take(tries - 1), 150);
  };
  setTimeout(() => take(40), 150);
}"""

CSS = """
.gradio-container, .gradio-container > .main { width: 100% !important; }
.gradio-container { max-width: 1240px !important; margin: 0 auto !important; }
#header { align-items: center; gap: 12px; padding: 4px 0 0; }
#title { flex: 1 1 340px; min-width: 0; }
#title h1 { font-size: 1.7rem; line-height: 1.15; margin: 0; letter-spacing: -0.02em; }
#title p { margin: 2px 0 0; opacity: 0.75; }
#language, #theme { flex: 0 0 auto; min-width: 0; width: auto; }
#language .wrap { flex-wrap: nowrap; gap: 6px; }
#language label { padding: 5px 10px; }
#theme { white-space: nowrap; }
.intro p { font-size: 1.02rem; }
.caption p { font-weight: 600; opacity: 0.8; margin: 4px 0 -6px; }
.strip, .strip .grid-wrap { min-height: 0 !important; height: auto !important; max-height: none !important; }
.strip, #mine { contain: inline-size; } /* a strip that scrolls must not widen the page */
#drawings .grid-container { display: flex; overflow-x: auto; gap: 8px; padding: 4px; }
#drawings .grid-container > * { flex: 0 0 84px; width: 84px; height: 84px; }
#result { contain: inline-size; width: 100%; max-width: 440px; height: auto !important; aspect-ratio: 1; }
#result { margin: 0 auto; }
#result .image-container, #result .slider-wrap { height: 100%; }
#result img { width: 100%; height: 100%; object-fit: contain; }
#result .slider-wrap { background: repeating-conic-gradient(#e7e5e4 0% 25%, white 0% 50%); }
#result .slider-wrap { background-size: 24px 24px; }
#variants .grid-container { grid-template-columns: repeat(4, minmax(0, 1fr)) !important; }
#drawings img, #edges img { background: white; }
.strip .caption-label { font-size: 0.65rem; padding: 0 4px; bottom: 2px; right: 2px; line-height: 1.3; }
#mine, #mine .grid-wrap { min-height: 96px !important; height: auto !important; }
.strip .empty, #mine .empty { min-height: 96px !important; height: 96px !important; }
.builder-canvas { position: relative; aspect-ratio: 1; max-width: 460px; margin: 0 auto; background: white; }
.builder-canvas { border: 1px solid var(--border-color-primary); border-radius: 12px; touch-action: none; }
.builder-canvas svg { width: 100%; height: 100%; display: block; }
.builder-canvas p { position: absolute; inset: 0; display: grid; place-items: center; padding: 15%; margin: 0; }
.builder-canvas p { text-align: center; color: #78716c; pointer-events: none; }
.builder .ink path { stroke: black; stroke-width: 3px; stroke-linejoin: round; stroke-linecap: round; }
.builder .ink path { vector-effect: non-scaling-stroke; }
.builder-canvas .ink { cursor: grab; }
.builder-canvas .chosen path { stroke: #059669; }
.builder-canvas .grip path { stroke: transparent !important; stroke-width: 22px; pointer-events: stroke; }
.builder-tools { display: flex; flex-wrap: wrap; gap: 6px; justify-content: center; margin: 8px 0; }
.builder-tools button, .builder-parts button { border: 1px solid var(--border-color-primary); border-radius: 8px; }
.builder-tools button { min-width: 36px; padding: 4px 10px; background: var(--button-secondary-background-fill); }
.builder-tools button:disabled { opacity: 0.35; }
.builder-parts { display: flex; gap: 6px; overflow-x: auto; padding: 4px 0; contain: inline-size; }
.builder-parts button { flex: 0 0 68px; height: 68px; background: white; padding: 4px; }
.builder-parts svg { width: 100%; height: 100%; }
.builder-parts .ink path { stroke-width: 1.5px; }
#compare { align-items: center; max-width: 440px; margin: 0 auto; }
#compare #beside { min-width: 0; flex: 1 1 auto; }
#compare #beside .wrap { flex-wrap: nowrap; gap: 6px; }
#compare #beside label { padding: 5px 10px; }
#trace-box { gap: 8px; }
#background .dialog-button { border: 1px solid var(--body-text-color-subdued) !important; }
#background .dialog-button { min-width: 56px; min-height: 32px; }
.form-grid { display: grid !important; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 8px; }
.charts { display: grid !important; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 8px; }
.charts > * { min-width: 0 !important; }
.data-upload { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; padding: 8px; }
.data-upload input[type=text] { padding: 6px 10px; border: 1px solid var(--border-color-primary); border-radius: 8px; }
.data-upload button { padding: 6px 16px; border-radius: 8px; color: white; background: var(--primary-600); }
.data-upload p { flex-basis: 100%; margin: 0; min-height: 1.4em; }
.form-grid > * { min-width: 0 !important; }
.note { align-items: center; gap: 10px; padding: 4px 12px; border-radius: 12px; }
.note { background: var(--background-fill-secondary); border: 1px solid var(--border-color-primary); }
.note > :first-child { flex: 1 1 240px; min-width: 0; }
.note button { flex: 0 0 auto; min-width: 0; width: auto; }
#color-result { contain: inline-size; width: 100%; }
#color-examples .grid-container { grid-template-columns: repeat(5, minmax(0, 1fr)) !important; }
#color-beside .wrap { gap: 6px; }
.credits { overflow: visible !important; }
.credits p { font-size: 0.72rem; opacity: 0.7; margin: 0 4px; }
#color-made .grid-container { grid-template-columns: repeat(6, minmax(0, 1fr)) !important; }
#taken { min-height: 1.4em; opacity: 0.8; }
.seed-row { align-items: stretch; }
@media (max-width: 640px) {
  .gradio-container { padding: 8px !important; }
  #header { gap: 6px; }
  #title { flex-basis: 100%; }
  #title h1 { font-size: 1.4rem; }
  #language label { padding: 4px 8px; }
  .tab-container button { padding: 0 9px !important; font-size: 0.88rem !important; }
  #pad, #pad .image-container { height: 380px !important; min-height: 0 !important; }
  #mine .grid-container { grid-template-columns: repeat(3, 1fr) !important; }
}
"""


def theme() -> gr.themes.Base:
    """Return the page's theme; its fonts are the system's, so nothing is fetched from elsewhere."""
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Noto Sans CJK JP", "Noto Sans CJK KR", "sans-serif"]
    return gr.themes.Soft(
        primary_hue="emerald",
        neutral_hue="stone",
        radius_size="lg",
        font=fonts,
        font_mono=["ui-monospace", "monospace"],
    )
