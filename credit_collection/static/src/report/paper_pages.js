// Pages of our papers, for wkhtmltopdf alone: its usual build repeats no table head, cuts rows in
// two and leaves signatures on a page alone. The sheet has a fixed width, so that its page has a
// known height in the same pixels (data-height); breaks are set where the page would end.
(function () {
    if (!/wkhtmltopdf/i.test(navigator.userAgent)) {
        return;
    }
    // Tables up to so many rows, their total included, stand on one page.
    var FEW = 13;
    var start, height;

    function top(node) {
        return node.getBoundingClientRect().top;
    }

    function fits(node) {
        return node.getBoundingClientRect().bottom - start <= height;
    }

    // Of what a page has room for, but not the rest of this one.
    function fitsNextPageOnly(node) {
        return !fits(node) && node.getBoundingClientRect().height <= height;
    }

    function isShort(table) {
        return table.rows.length - (table.tHead ? table.tHead.rows.length : 0) <= FEW;
    }

    function isHeading(node) {
        return node && /^H[1-6]$/.test(node.tagName);
    }

    function breakBefore(node, heading) {
        node = isHeading(heading) ? heading : node;
        node.style.pageBreakBefore = "always";
        start = top(node);
    }

    function setWidths(row, widths) {
        [].forEach.call(row.cells, function (cell, column) {
            cell.style.boxSizing = "border-box";
            cell.style.width = widths[column] + "px";
        });
    }

    // The rows from `index` on, in a table of their own with the same head and columns.
    function split(table, index) {
        var widths = [].map.call(table.rows[0].cells, function (cell) {
            return cell.offsetWidth;
        });
        table.style.tableLayout = "fixed";
        setWidths(table.rows[0], widths);
        var rows = [].slice.call(table.rows, index);
        var rest = table.cloneNode(false);
        if (table.tHead) {
            rest.appendChild(table.tHead.cloneNode(true));
        } else {
            setWidths(rows[0], widths);
        }
        var body = document.createElement("tbody");
        rows.forEach(function (row) {
            body.appendChild(row);
        });
        rest.appendChild(body);
        var page = document.createElement("div");
        page.appendChild(rest);
        table.parentNode.insertBefore(page, table.nextSibling);
        page.style.pageBreakBefore = "always";
        start = top(page);
        return rest;
    }

    function breakTable(table, heading) {
        var heads = table.rows.length ? table.rows[0].querySelectorAll("th") : [];
        if (!table.tHead && heads.length > 1 && heads.length === table.rows[0].cells.length) {
            table.createTHead().appendChild(table.rows[0]);
        }
        var first = table.tHead ? table.tHead.rows.length : 0;
        var row = first;
        var stays = isShort(table) && fitsNextPageOnly(table);
        if (stays || (table.rows[first] && !fits(table.rows[first]))) {
            breakBefore(table, heading);
        }
        while (row < table.rows.length) {
            if (row > first && !fits(table.rows[row])) {
                // A total does not stand alone.
                var index = row === table.rows.length - 1 && row - 1 > first ? row - 1 : row;
                table = split(table, index);
                first = row = table.tHead ? table.tHead.rows.length : 0;
            }
            row += 1;
        }
        return table;
    }

    // A signature goes with the end of what it is signed under.
    function breakSignature(nodes, index) {
        var last = index - 1;
        while (isHeading(nodes[last])) {
            last -= 1;
        }
        var node = nodes[last];
        var head = node && node.tHead ? node.tHead.rows.length : 0;
        if (node && node.tagName === "TABLE" && node.rows.length - head > 3) {
            split(node, node.rows.length - 2);
        } else {
            breakBefore(node || nodes[index], nodes[last - 1]);
        }
    }

    // Tables inside of sections are cut like those beside them.
    function flatten(node) {
        var parts = [].map.call(node.children, flatten);
        return node.tagName === "DIV" && node.querySelector("table") && !/o_credit_signature/.test(node.className)
            ? [].concat.apply([], parts)
            : [node];
    }

    [].forEach.call(document.querySelectorAll(".o_credit_sheet"), function (sheet) {
        height = parseFloat(sheet.getAttribute("data-height"));
        start = top(sheet);
        var nodes = flatten(sheet.querySelector(".page"));
        nodes.forEach(function (node, index) {
            var before = nodes[index - 1];
            // A title, a chart and a few rows stay together where a page has room for them.
            var block = node.parentNode;
            if (
                block.classList.contains("o_credit_together") &&
                node === block.firstElementChild &&
                isShort(block.querySelector("table")) &&
                fitsNextPageOnly(block)
            ) {
                breakBefore(block);
            }
            if (node.classList.contains("o_credit_signature")) {
                if (!fits(node)) {
                    breakSignature(nodes, index);
                }
            } else if (node.tagName === "TABLE") {
                nodes[index] = breakTable(node, before);
            } else if (!fits(node)) {
                breakBefore(node, before);
            }
        });
    });
})();
