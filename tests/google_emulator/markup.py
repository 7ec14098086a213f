"""HTML helpers: one look for all pages, no external assets."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

STYLE = """
*{box-sizing:border-box}
body{margin:0;background:#f1f4f9;color:#1f1f1f;font:16px/1.5 Roboto,"Segoe UI",Arial,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.2rem}
.card{background:#fff;border-radius:1.2rem;padding:1.6rem;margin:0 0 1.2rem;
box-shadow:0 1px 3px #0002}
.narrow{max-width:30rem;margin:6vh auto}
h1{font-size:1.6rem;font-weight:500;margin:.2rem 0 .8rem}h2{font-size:1.15rem;font-weight:500}
h1,h2{overflow-wrap:anywhere}
p{margin:.4rem 0}.muted{color:#5f6368;font-size:.9rem}
a{color:#0b57d0;text-decoration:none}
.row{display:flex;gap:.8rem;align-items:center;padding:.7rem .2rem;border-top:1px solid #e3e6ea;
overflow-wrap:anywhere}
.row:first-of-type{border-top:0}.grow{flex:1;min-width:0}
a.row{color:inherit}a.row:hover{background:#f6f8fc}
.dot{width:2.2rem;height:2.2rem;border-radius:50%;background:#0b57d0;color:#fff;flex:none;
display:grid;place-items:center;font-weight:500}
.when{width:14.5rem;flex:none;color:#444746;font-size:.9rem}
.done .title{color:#5f6368;text-decoration:line-through}
.gone{opacity:.55}
button,.button{border:0;border-radius:2rem;padding:.6rem 1.3rem;font:inherit;cursor:pointer;
background:#0b57d0;color:#fff;display:inline-block}
button.plain,.button.plain{background:#e8eef9;color:#0b57d0}button.red{background:#fce8e6;color:#b3261e}
.buttons{display:flex;flex-wrap:wrap;gap:.7rem;justify-content:flex-end;margin-top:1.2rem}
form .reversed{flex-direction:row-reverse;justify-content:flex-start}
label{display:block;margin:.7rem 0 .2rem;font-size:.9rem;color:#444746}
label.tick{display:flex;gap:.8rem;align-items:flex-start;color:inherit;font-size:1rem;
padding:.7rem .2rem;border-top:1px solid #e3e6ea;margin:0}
label.tick input{width:1.2rem;height:1.2rem;margin-top:.2rem;flex:none}
input[type=text],input[type=date],input[type=time],textarea,select{width:100%;
padding:.6rem;border:1px solid #c4c7c5;border-radius:.6rem;font:inherit;background:#fff}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 .8rem}
.chip{background:#e6f4ea;color:#137333;border-radius:1rem;padding:.1rem .6rem;font-size:.8rem}
.error{color:#b3261e}
@media(max-width:40rem){main{padding:.7rem}.card{padding:1.1rem}.row{flex-wrap:wrap}
.when{width:100%}.two{grid-template-columns:1fr}.narrow{margin:2vh auto}}
"""


def page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )


def card(body: str, narrow: bool = False) -> str:
    return f'<section class="card{" narrow" if narrow else ""}">{body}</section>'


def initial(name: str) -> str:
    return f'<span class="dot" aria-hidden="true">{escape(name[:1].upper())}</span>'


def link(path: str, **args: str) -> str:
    """A path with its query, ready to stand in an attribute."""
    return escape(f"{path}?{urlencode(args)}" if args else path)


def hidden(**values: str) -> str:
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in values.items()
    )


def field(label: str, name: str, value: str = "", kind: str = "text", extra: str = "") -> str:
    return (
        f'<div><label for="{name}">{escape(label)}</label><input type="{kind}" id="{name}" '
        f'name="{name}" value="{escape(value)}" {extra}></div>'
    )
