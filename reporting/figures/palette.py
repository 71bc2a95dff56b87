"""The colours of the light theme by role, for figures that leave the page; the page has its own."""

LIGHT = {
    "paper": "#ffffff",
    "ground": "#f6f5f1",
    "ink": "#1c2126",
    "muted": "#59636e",
    "rule": "#d5d3cb",
    "edge": "#767f88",
    "accent": "#0f5e73",
    "accent-soft": "#e3f0f3",
    "include": "#1b6e3c",
    "include-soft": "#e2f2e7",
    "exclude": "#a3261d",
    "exclude-soft": "#fbe6e3",
    "unsure": "#7a5200",
    "unsure-soft": "#fbf0d9",
}
