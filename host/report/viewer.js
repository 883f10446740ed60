/* The viewer of report.html: three slices through a point, one statistic map over the mean image. NiiVue draws them; this
   file gives it the volumes that the page holds and joins it to the controls and to the rows of the cluster tables. All
   of it waits for the section to come into sight, so that opening the page costs nothing. */
(function () {
    "use strict";
    const byId = (id) => document.getElementById(id);
    const section = byId("viewer");
    const source = byId("niivue");
    if (!section || !source)
        return;
    const note = byId("viewer-note"), canvas = byId("viewer-canvas"), readout = byId("viewer-readout");
    const effectBox = byId("viewer-effect"), mapBox = byId("viewer-map"), clusterBox = byId("viewer-cluster");
    const slider = byId("viewer-threshold"), faded = byId("viewer-faded");
    const axes = ["x", "y", "z"].map((axis) => byId("viewer-" + axis));
    const maps = Array.from(document.querySelectorAll("script.volume[data-effect]"));
    const rows = Array.from(document.querySelectorAll("tr[data-effect][data-x]"));
    const LAYOUT = {grid: 2, row: 3}; /* NiiVue's MULTIPLANAR_TYPE */
    const DRAG = {none: 0, crosshair: 8}; /* its DRAG_MODE */
    const FADED = 1, HIDDEN = 2; /* its COLORMAP_TYPE: what lies below the threshold */
    const loaded = new Map(); /* script element -> NVImage */
    let nv = null, shown = null, started = null;

    const number = (value) => Number(value.toPrecision(4)).toString().replace("-", "\u2212");

    function say(text) {
        note.textContent = text;
        note.hidden = false;
    }

    async function volume(element) {
        if (!loaded.has(element))
            loaded.set(element, await niivue.NVImage.loadFromBase64({
                base64: element.textContent.trim(), name: (element.dataset.map || "mean") + ".nii.gz"
            }));
        return loaded.get(element);
    }

    /* One threshold and one limit for both tails. NiiVue fades what is below the threshold and draws a black line around
       what is above it, as the pictures of this page do. */
    function calibrate(image) {
        const limit = Number(shown.dataset.limit), threshold = Number(slider.value);
        image.cal_min = threshold;
        image.cal_max = limit;
        image.cal_minNeg = -limit;
        image.cal_maxNeg = -threshold;
        image.colormapType = faded.checked ? FADED : HIDDEN;
        byId("viewer-threshold-value").textContent = number(threshold);
        slider.setAttribute("aria-valuetext", number(threshold));
    }

    function redraw() {
        calibrate(loaded.get(shown));
        nv.updateGLVolume();
    }

    async function show(element) {
        const limit = Number(element.dataset.limit);
        const image = await volume(element);
        if (nv.volumes.length > 1)
            nv.removeVolume(nv.volumes[1]);
        shown = element;
        slider.max = limit;
        slider.step = limit / 200;
        slider.value = element.dataset.threshold;
        for (const end of section.querySelectorAll(".viewer-limit"))
            end.textContent = (end.dataset.sign === "-" ? "\u2212" : "") + number(limit);
        byId("viewer-negative").hidden = !("signed" in element.dataset);
        image.colormap = "vx-positive";
        image.colormapNegative = "signed" in element.dataset ? "vx-negative" : "";
        calibrate(image);
        nv.addVolume(image);
        nv.createOnLocationChange();
    }

    /* At the voxel centre that is nearest to a point in mm. */
    function go(mm) {
        nv.scene.crosshairPos = nv.vox2frac(nv.frac2vox(nv.mm2frac(mm)));
        nv.createOnLocationChange();
        nv.drawScene();
    }

    function located(place) {
        const mm = Array.from(place.mm).slice(0, 3).map((x) => Math.round(x * 100) / 100);
        axes.forEach((box, i) => { box.value = mm[i]; });
        const value = place.values.length > 1 ? shown.dataset.map + " = " + number(place.values[1].value) + " at " : "";
        readout.textContent = value + "(" + mm.map(number).join(", ") + ") mm";
    }

    function fill(box, entries, chosen) {
        box.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
        if (entries.some(([value]) => value === chosen))
            box.value = chosen;
    }

    function listMaps(chosen) {
        const of = maps.filter((element) => element.dataset.effect === effectBox.value);
        fill(mapBox, of.map((element) => [element.dataset.map, element.dataset.title]), chosen);
        const peaks = rows.filter((row) => row.dataset.effect === effectBox.value);
        fill(clusterBox, [["", peaks.length ? "choose" : "none"]].concat(
            peaks.map((row) => [String(rows.indexOf(row)), row.dataset.title])), "");
        clusterBox.disabled = !peaks.length;
    }

    function selected() {
        return maps.find((element) => element.dataset.effect === effectBox.value &&
                         element.dataset.map === mapBox.value);
    }

    const peak = (row) => [row.dataset.x, row.dataset.y, row.dataset.z].map(Number);

    async function visit(row) {
        if (!await start())
            return;
        if (effectBox.value !== row.dataset.effect) {
            effectBox.value = row.dataset.effect;
            listMaps(mapBox.value);
            await show(selected());
        }
        clusterBox.value = String(rows.indexOf(row));
        go(peak(row));
        byId("viewer-app").scrollIntoView({block: "nearest"});
        canvas.focus({preventScroll: true});
    }

    const steps = {ArrowLeft: [-1, 0, 0], ArrowRight: [1, 0, 0], ArrowUp: [0, 1, 0], ArrowDown: [0, -1, 0],
                   PageUp: [0, 0, 1], PageDown: [0, 0, -1]};

    /* Before NiiVue's own listeners, so that they can be kept from keys that would change what is drawn, and from the
       wheel while the reader only scrolls by. */
    function listen() {
        for (const type of ["keydown", "keyup"])
            canvas.addEventListener(type, (event) => {
                event.stopImmediatePropagation();
                if (type === "keydown" && steps[event.key]) {
                    nv.moveCrosshairInVox(...steps[event.key]);
                    event.preventDefault();
                }
            });
        canvas.addEventListener("wheel", (event) => {
            if (document.activeElement !== canvas)
                event.stopImmediatePropagation();
        });
        canvas.addEventListener("mousedown", () => canvas.focus({preventScroll: true}));
        slider.addEventListener("input", redraw);
        faded.addEventListener("change", redraw);
        mapBox.addEventListener("change", () => show(selected()));
        effectBox.addEventListener("change", () => {
            listMaps(mapBox.value);
            show(selected());
        });
        clusterBox.addEventListener("change", () => clusterBox.value && go(peak(rows[clusterBox.value])));
        for (const box of axes)
            box.addEventListener("change", () => go(axes.map((axis) => Number(axis.value))));
    }

    function layout() {
        nv.setMultiplanarLayout(section.clientWidth < 600 ? LAYOUT.grid : LAYOUT.row);
    }

    async function open() {
        if (!document.createElement("canvas").getContext("webgl2")) {
            say("This browser has no WebGL 2, which the viewer needs. The pictures above show the same maps.");
            return false;
        }
        const script = document.createElement("script");
        script.textContent = source.textContent;
        document.head.append(script);
        byId("viewer-app").hidden = false;
        listen();
        nv = new niivue.Niivue({
            logLevel: "error", dragAndDropEnabled: false, isForceMouseClickToVoxelCenters: true,
            isNearestInterpolation: true, multiplanarShowRender: 0, multiplanarPadPixels: 6, crosshairWidth: 1,
            crosshairWidthUnit: "voxels", crosshairGap: 2, crosshairColor: [0.1, 0.5, 0.2, 1],
            backColor: [1, 1, 1, 1], fontColor: [0.2, 0.2, 0.2, 1], isAlphaClipDark: true,
            mouseEventConfig: {leftButton: {primary: DRAG.crosshair}, rightButton: DRAG.none, centerButton: DRAG.none},
            touchEventConfig: {singleTouch: DRAG.crosshair, doubleTouch: DRAG.none}
        });
        nv.overlayOutlineWidth = 1;
        nv.onLocationChange = located;
        await nv.attachToCanvas(canvas);
        canvas.parentElement.style.backgroundColor = "";
        for (const [name, colours] of Object.entries(JSON.parse(byId("viewer-colours").textContent)))
            nv.addColormap(name, colours);
        const background = await volume(document.querySelector("script.volume:not([data-effect])"));
        background.cal_min = 0;
        background.cal_max = 255;
        nv.addVolume(background);
        const effects = Array.from(new Set(maps.map((element) => element.dataset.effect)));
        fill(effectBox, effects.map((effect) =>
            [effect, maps.find((element) => element.dataset.effect === effect).dataset.of]), effects[0]);
        listMaps("t");
        layout();
        new ResizeObserver(layout).observe(section);
        await show(selected());
        if (rows.length && rows[0].dataset.effect === effectBox.value)
            go(peak(rows[0]));
        note.hidden = true;
        section.dataset.ready = "";
        return true;
    }

    /* Whoever asks first starts it; the others wait for the same start. */
    function start() {
        started = started || open().catch((error) => {
            byId("viewer-app").hidden = true;
            say("The viewer did not start (" + error.message + "). The pictures above show the same maps.");
            return false;
        });
        return started;
    }

    /* A row is visited by a click anywhere on it, and by the button that its first cell becomes. */
    for (const row of rows) {
        const cell = row.cells[0], button = document.createElement("button");
        button.type = "button";
        button.className = "peak";
        button.title = "show in the viewer";
        button.append(...cell.childNodes);
        cell.append(button);
        row.addEventListener("click", () => visit(row));
    }

    new IntersectionObserver((entries, observer) => {
        if (entries.some((entry) => entry.isIntersecting)) {
            observer.disconnect();
            start();
        }
    }).observe(section);
})();
