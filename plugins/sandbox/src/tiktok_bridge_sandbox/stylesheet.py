"""The look of the login pages: one sheet, no assets, phones first."""

from __future__ import annotations

from typing import Final

CSS: Final = """
:root { color-scheme: light dark; --ink: #161823; --page: #f3f3f5; --card: #fff;
  --line: #c9cad1; --quiet: #5b5d6b; --act: #c8102e; --alarm: #fdecef; }
@media (prefers-color-scheme: dark) { :root { --ink: #f1f1f4; --page: #101117;
  --card: #1c1d26; --line: #474957; --quiet: #aeb0bd; --act: #d6213f;
  --alarm: #3b1620; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 30rem; margin: 0 auto; padding: 1.25rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
.note { margin-top: 1.25rem; color: var(--quiet); font-size: .9rem; }
code { font-size: .9rem; }
.alarm { padding: .75rem; background: var(--alarm); border-radius: .5rem; }
fieldset { margin: 1.25rem 0; padding: 0; border: 0; }
legend { padding: 0; font-weight: 600; }
label { display: flex; gap: .75rem; align-items: center; min-height: 2.75rem;
  padding: .5rem .25rem; border-bottom: 1px solid var(--line); cursor: pointer; }
label span { min-width: 0; overflow-wrap: anywhere; }
label small { display: block; color: var(--quiet); font-size: .875rem; }
input { flex: none; width: 1.25rem; height: 1.25rem; accent-color: var(--act); }
.choices { display: flex; flex-wrap: wrap; gap: .75rem; }
button { flex: 1 1 10rem; min-height: 2.75rem; padding: .5rem 1rem; font: inherit;
  font-weight: 600; color: inherit; background: none; border: 1px solid var(--line);
  border-radius: .5rem; cursor: pointer; }
button[value=allow] { color: #fff; background: var(--act); border-color: var(--act); }
:focus-visible { outline: 3px solid #2f6fed; outline-offset: 2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere;
  font-family: ui-monospace, monospace; }
"""
"""Contrast is at least 4.5 to 1 in both schemes."""
