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
/* Opens collapsed parts before printing. */
window.addEventListener('beforeprint', function () {
    document.querySelectorAll('details').forEach(function (one) { one.open = true; });
});
