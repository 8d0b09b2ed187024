"""How the page looks: its theme, and the switch between light and dark."""

from __future__ import annotations

import gradio as gr

# Switches, and remembers what was chosen; head.html takes it up.
TOGGLE_THEME = """() => {
  const dark = document.body.classList.toggle('dark');
  try { window.localStorage.setItem('studio.theme', dark ? 'dark' : 'light'); } catch (error) { /* not remembered */ }
}"""


def theme() -> gr.themes.Base:
    """Return the page's theme: contrasts of WCAG AA, and the system's fonts, so nothing is fetched from elsewhere."""
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Noto Sans CJK JP", "Noto Sans CJK KR", "sans-serif"]
    soft = gr.themes.Soft(
        primary_hue="emerald",
        neutral_hue="stone",
        radius_size="lg",
        font=fonts,
        font_mono=["ui-monospace", "monospace"],
    )
    strong, pale = "*primary_700", "*primary_300"
    return soft.set(
        background_fill_primary="*neutral_50",  # Soft's own, which `set` forgets
        button_primary_background_fill=strong,
        button_primary_background_fill_dark=strong,
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_hover_dark="*primary_800",
        button_primary_border_color=strong,
        button_primary_border_color_dark=strong,
        checkbox_label_background_fill_selected=strong,
        checkbox_label_background_fill_selected_dark=strong,
        checkbox_label_text_color_selected_dark="white",
        block_label_background_fill="*primary_50",
        block_label_background_fill_dark="*primary_950",
        block_label_text_color="*primary_800",
        block_label_text_color_dark=pale,
        block_title_text_color="*primary_800",
        block_title_text_color_dark=pale,
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        color_accent=strong,
        link_text_color="*primary_800",
        link_text_color_dark=pale,
    )
