"""How pages look to who sees little, works with the keyboard, or has a small screen."""

# texts of ours that stand out too little from what is behind them (WCAG: 4.5 to 1)
FAINT = """
() => {
    const numbers = (color) => {
        const [r, g, b, alpha] = color.match(/[\\d.]+/g).map(Number);
        return [r, g, b, alpha ?? 1];
    };
    const over = (front, back) =>
        [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
    const light = (color) => {
        const [r, g, b] = color
            .slice(0, 3)
            .map((v) => v / 255)
            .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const upwards = (node) => (node ? [node, ...upwards(node.parentElement)] : []);
    const contrast = (node) => {
        const chain = upwards(node).map((each) => getComputedStyle(each));
        const back = chain
            .map((style) => numbers(style.backgroundColor))
            .reduceRight((behind, color) => over(color, behind), [255, 255, 255, 1]);
        const front = numbers(chain[0].color);
        front[3] *= chain.reduce((all, style) => all * Number(style.opacity), 1);
        const [a, b] = [light(over(front, back)), light(back)].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    };
    const says = (node) =>
        [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    return [...document.querySelectorAll("[class*=o_crm_google_], [class*=o_crm_google_] *")]
        .filter((node) => node.offsetParent && says(node) && !node.closest(":disabled"))
        .map((node) => [node.textContent.trim(), contrast(node)])
        .filter(([, ratio]) => ratio < 4.5);
}
"""

# how much of the screen's height the calendar itself has, and would have without us
SHARES = """
async () => {
    const share = () => {
        const widget = document.querySelector(".o_calendar_widget");
        const { top, bottom } = widget.getBoundingClientRect();
        return (Math.min(bottom, innerHeight) - top) / innerHeight;
    };
    const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
    const now = share();
    const style = document.createElement("style");
    style.textContent = ".o_crm_google_panel, .o_crm_google_news { display: none !important; }";
    document.head.append(style);
    await drawn();
    const without = share();
    style.remove();
    await drawn();
    return [now, without];
}
"""

# what shows that the focused element is focused
FOCUS = """
() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}
"""


def too_faint(page):
    """Texts of ours that are hard to read, with their contrast."""
    return page.evaluate(FAINT)


def leaves_room(page):
    """Whether the calendar has half of the screen's height; where Odoo's own page leaves it less,
    whether we take nothing from it."""
    now, without = page.evaluate(SHARES)
    return now >= min(0.5, without)


def focused_without_a_sign(page, controls):
    """The controls that do not show it when the keyboard reaches them."""
    page.keyboard.press("Tab")  # from here on the keyboard is in use
    unmarked = []
    for control in controls.all():
        if control.is_visible() and control.is_enabled():
            control.focus()
            if not page.evaluate(FOCUS):
                unmarked.append(control.evaluate("node => node.className"))
    return unmarked
