/* The place of the viewer: in its section, or fixed beside the text (below it on narrow screens) while the reader is
   elsewhere on the page. */
const viewerPanel = (function () {
    "use strict";
    const byId = (id) => document.getElementById(id);
    const section = byId("viewer"), app = byId("viewer-app");
    const back = byId("viewer-back"), more = byId("viewer-more"), close = byId("viewer-close");
    const wide = matchMedia("(min-width: 80rem)");
    let from = null; /* what led here: where "back" leads to */
    let declined = false; /* whether the reader has closed the panel */

    const docked = () => app.classList.contains("docked");

    /* Keeps an element where it is on the screen while `change` moves the text. */
    function holding(element, change) {
        const top = element.getBoundingClientRect().top;
        change();
        window.scrollBy({top: element.getBoundingClientRect().top - top, behavior: "instant"});
    }

    /* Whether the slices are in sight where they stand in the text. */
    function inSight() {
        const {top, bottom} = byId("viewer-frame").getBoundingClientRect();
        return !app.hidden && top >= 0 && bottom <= window.innerHeight;
    }

    function place(fixed) {
        if (fixed)
            section.style.minHeight = section.offsetHeight + "px";
        app.classList.toggle("docked", fixed);
        document.body.classList.toggle("with-panel", fixed);
        if (!fixed)
            section.style.minHeight = "";
        window.dispatchEvent(new Event("resize")); /* NiiVue and the layout follow */
    }

    /* Shows the slices beside the text, unless they are in sight. `held` stays where it is, and "back" returns to
       `element`. */
    function beside(element, held) {
        from = element;
        back.hidden = false;
        if (!docked() && !inSight())
            holding(held, () => place(true));
    }

    function unfold(open) {
        app.classList.toggle("unfolded", open);
        more.setAttribute("aria-expanded", String(open));
    }

    function away() {
        if (docked())
            holding(from || section, () => place(false));
        unfold(false);
    }

    /* Leads back to the element from which the reader came. */
    function home() {
        if (!from)
            return;
        const {top, bottom} = from.getBoundingClientRect();
        if (top < 0 || bottom > window.innerHeight)
            from.scrollIntoView({block: "center"});
        from.focus({preventScroll: true});
    }

    back.addEventListener("click", home);
    more.addEventListener("click", () => unfold(!app.classList.contains("unfolded")));
    close.addEventListener("click", () => {
        declined = true;
        away();
        home();
    });
    return {beside, home, wanted: () => wide.matches && !declined};
})();
