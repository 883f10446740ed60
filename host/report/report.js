/* A click on a column's head sorts the table, ascending or descending. Cells hold their value in data-value. The parts
 * of a table (what is significant, and what is not) stay in their order, and sub-peaks stay below their cluster. */
'use strict';
document.querySelectorAll('table.sortable').forEach(function (table) {
    const heads = Array.from(table.tHead.rows[0].cells).filter(function (head) { return head.querySelector('button'); });
    function sort(body, column, up) {
        const groups = [];
        Array.from(body.rows).forEach(function (row) {
            if (row.classList.contains('sub'))
                groups[groups.length - 1].push(row);
            else
                groups.push([row]);
        });
        const value = function (group) { return Number(group[0].cells[column].dataset.value); };
        groups.sort(function (a, b) { return up ? value(a) - value(b) : value(b) - value(a); });
        groups.forEach(function (group) { body.append.apply(body, group); });
    }
    heads.forEach(function (head) {
        head.querySelector('button').addEventListener('click', function () {
            const up = head.getAttribute('aria-sort') !== 'ascending';
            Array.from(table.tBodies).forEach(function (body) {
                if (!body.classList.contains('divider'))
                    sort(body, head.cellIndex, up);
            });
            heads.forEach(function (other) { other.setAttribute('aria-sort', 'none'); });
            head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        });
    });
});
/* Tables of class "few" hide their columns of class "more", until a button shows all. */
document.querySelectorAll('table.few').forEach(function (table) {
    const button = document.createElement('button'), box = table.closest('.scroll');
    const columns = table.tHead.rows[0].cells.length;
    function show(all) {
        table.classList.toggle('all', all);
        button.setAttribute('aria-pressed', String(all));
    }
    if (!table.querySelector('thead .more'))
        return;
    button.type = 'button';
    button.className = 'columns-button';
    button.textContent = 'All ' + columns + ' columns';
    button.addEventListener('click', function () { show(!table.classList.contains('all')); });
    box.parentNode.insertBefore(button, box);
    show(false);
});
/* A link to an effect or into a fold opens what it leads to. */
function unfoldTarget() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target)
        return;
    const folds = Array.from(target.querySelectorAll('details.effect'));
    for (let one = target.closest('details'); one; one = one.parentElement.closest('details'))
        folds.push(one);
    if (folds.every(function (one) { return one.open; }))
        return;
    folds.forEach(function (one) { one.open = true; });
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
