/* A click on a column's head sorts the table, ascending or descending. Cells hold their value in data-value. */
'use strict';
document.querySelectorAll('table.sortable').forEach(function (table) {
    const heads = Array.from(table.tHead.rows[0].cells).filter(function (head) { return head.querySelector('button'); });
    heads.forEach(function (head) {
        const column = head.cellIndex;
        head.querySelector('button').addEventListener('click', function () {
            const up = head.getAttribute('aria-sort') !== 'ascending';
            const body = table.tBodies[0];
            const value = function (row) { return Number(row.cells[column].dataset.value); };
            const rows = Array.from(body.rows);
            rows.sort(function (a, b) { return up ? value(a) - value(b) : value(b) - value(a); });
            rows.forEach(function (row) { body.appendChild(row); });
            heads.forEach(function (other) { other.setAttribute('aria-sort', 'none'); });
            head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        });
    });
});
/* A link to an effect opens it, where it is folded. */
function unfoldTarget() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.querySelector('details.effect');
    if (!folded || folded.open)
        return;
    folded.open = true;
    target.scrollIntoView();
}
window.addEventListener('hashchange', unfoldTarget);
document.addEventListener('click', function (event) {
    if (event.target.closest && event.target.closest('a[href="' + location.hash + '"]'))
        unfoldTarget(); /* no hashchange: the link was followed before */
});
unfoldTarget();
(function () {
    const all = Array.from(document.querySelectorAll('details.effect'));
    const button = document.getElementById('unfold-effects');
    if (!button)
        return;
    button.hidden = false;
    button.addEventListener('click', function () {
        const open = all.some(function (one) { return !one.open; });
        all.forEach(function (one) { one.open = open; });
        button.textContent = open ? 'Fold all effects' : 'Open all effects';
    });
})();
/* Opens collapsed parts, and loads pictures that were not in sight, before printing. */
window.addEventListener('beforeprint', function () {
    Array.from(document.images).forEach(function (one) { one.loading = 'eager'; });
    document.querySelectorAll('details').forEach(function (one) { one.open = true; });
});
