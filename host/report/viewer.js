/* The viewer of report.html: three slices through a point, with one statistic map over the mean image. NiiVue draws
   them. This file passes it the volumes of the page, and connects it to the controls and the rows of the cluster
   tables. The viewer starts when its section becomes visible, so that opening the page stays fast. */
(function () {
    "use strict";
    const byId = (id) => document.getElementById(id);
    const section = byId("viewer");
    const source = byId("niivue");
    if (!section || !source)
        return;
    const note = byId("viewer-note"), canvas = byId("viewer-canvas"), readout = byId("viewer-readout");
    const effectBox = byId("viewer-effect"), mapBox = byId("viewer-map"), clusterBox = byId("viewer-cluster");
    const slider = byId("viewer-threshold"), typed = byId("viewer-threshold-typed"), faded = byId("viewer-faded");
    const TAILS = {two: "Threshold of both tails", pos: "Threshold of the positive tail",
                   neg: "Threshold of the negative tail, without its sign"};
    const axes = ["x", "y", "z"].map((axis) => byId("viewer-" + axis));
    const volumes = Array.from(document.querySelectorAll("script.volume"));
    const maps = volumes.filter((element) => element.dataset.effect);
    const means = volumes.filter((element) => !element.dataset.effect);
    const rows = Array.from(document.querySelectorAll("tr[data-effect][data-x]")).filter(
        (row) => maps.some((element) => element.dataset.effect === row.dataset.effect)); /* some maps may be left out */
    const {positive, negative} = JSON.parse(byId("viewer-colours").textContent);
    const GREYS = [[255, 255, 255], [80, 80, 80], [230, 230, 230]]; /* pale: the colours of maps must stand out */
    const LAYOUT = {grid: 2, row: 3}; /* values of NiiVue's MULTIPLANAR_TYPE */
    const DRAG = {none: 0, crosshair: 8}; /* values of NiiVue's DRAG_MODE */
    const FADED = 1, HIDDEN = 2; /* values of NiiVue's COLORMAP_TYPE, for values below the threshold */
    const loaded = new Map(); /* script element -> NVImage */
    let nv = null, wanted = null, shown = null, started = null, point = [0, 0, 0];

    const number = (value) => Number(value.toPrecision(4)).toString().replace("-", "\u2212");

    /* The tails of the current map that have colours: the tested ones, as in the pictures. Maps without a sign use the
       positive tail. */
    const rises = () => shown.dataset.tails !== "neg";
    const falls = () => ["two", "neg"].includes(shown.dataset.tails);

    /* A colour map in NiiVue's format. Its first entry, for voxels outside the mask, is transparent. */
    function colormap(stops) {
        const channel = (k) => stops.map((rgb) => rgb[k]);
        return {R: channel(0), G: channel(1), B: channel(2), A: stops.map((_, i) => i ? 255 : 0),
                I: stops.map((_, i) => i && 1 + Math.round(254 * (i - 1) / (stops.length - 2)))};
    }

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

    /* Both tails share one threshold and one limit. NiiVue fades values below the threshold, and draws a black line
       around those above it. */
    function calibrate(image) {
        const limit = Number(shown.dataset.limit), threshold = Number(slider.value);
        image.cal_min = threshold;
        image.cal_max = limit;
        image.cal_minNeg = -limit;
        image.cal_maxNeg = -threshold;
        image.colormapType = faded.checked ? FADED : HIDDEN;
        typed.value = Number(threshold.toPrecision(4));
        legend(falls() ? -limit : 0, rises() ? limit : 0, threshold);
    }

    function withUnits(value) {
        return shown.dataset.units ? `${number(value)} ${shown.dataset.units}` : number(value);
    }

    /* Draws the colour bar from min to max, with marks at the threshold of each tail. */
    function legend(min, max, threshold) {
        const at = (value) => 100 * (value - min) / (max - min) + "%";
        const stops = (min < 0 ? negative.slice().reverse() : []).concat(max > 0 ? positive : [])
            .map((rgb) => `rgb(${rgb})`);
        byId("viewer-least").textContent = number(min);
        byId("viewer-most").textContent = withUnits(max);
        byId("viewer-bar").style.background = `linear-gradient(to right, ${stops})`;
        const [low, high] = byId("viewer-bar").children;
        low.hidden = min === 0;
        high.hidden = max === 0;
        low.style.left = at(-threshold);
        high.style.left = at(threshold);
    }

    function redraw() {
        calibrate(loaded.get(shown));
        nv.updateGLVolume();
    }

    /* Shows a map over the mean image of its modality. Reading a volume takes time; if the user selects another map
       meanwhile, this one is dropped. */
    async function show(element) {
        wanted = element;
        const mean = means.find(({dataset}) => dataset.modality === element.dataset.modality);
        const under = await volume(mean);
        const image = await volume(element);
        if (wanted !== element)
            return;
        shown = element;
        slider.max = Number(element.dataset.limit);
        slider.value = element.dataset.threshold;
        byId("viewer-tails").textContent = TAILS[element.dataset.tails] || "Threshold";
        image.colormap = rises() ? "vx-positive" : "vx-nothing";
        image.colormapNegative = falls() ? "vx-negative" : "";
        calibrate(image);
        if (nv.volumes[0] !== under) {
            while (nv.volumes.length)
                nv.removeVolume(nv.volumes[nv.volumes.length - 1]);
            under.colormap = "vx-ground";
            under.cal_min = 0;
            under.cal_max = Number(mean.dataset.white);
            nv.addVolume(under);
            layout();
        } else if (nv.volumes.length > 1) {
            nv.removeVolume(nv.volumes[1]);
        }
        nv.addVolume(image);
        go(point);
    }

    /* Moves the crosshair to the voxel centre nearest to a point in mm. The last argument of mm2frac selects mm of the
       image's affine. Without it NiiVue takes them as mm along the slices, which differ for oblique voxels. */
    function go(mm) {
        nv.scene.crosshairPos = nv.vox2frac(nv.frac2vox(nv.mm2frac(mm, 0, true)));
        nv.createOnLocationChange();
        nv.drawScene();
    }

    function located(place) {
        if (place.values.length < 2)
            return;
        point = Array.from(place.mm).slice(0, 3).map((mm) => Math.round(mm * 100) / 100);
        axes.forEach((box, i) => { box.value = point[i]; });
        readout.textContent = `${shown.dataset.title} = ${withUnits(place.values[1].value)} at ` +
            `(${point.map(number).join(", ")}) mm`;
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

    /* Adds listeners before NiiVue adds its own. They withhold keys that would change the drawing, and the wheel while
       the user scrolls the page. */
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
        typed.addEventListener("change", () => {
            slider.value = typed.value;
            redraw();
        });
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

    /* Arranges three slices in a row, or two above one on narrow screens, and fits the frame's aspect ratio. */
    function layout() {
        const {dimsRAS, pixDimsRAS} = nv.volumes[0];
        const [x, y, z] = [1, 2, 3].map((axis) => dimsRAS[axis] * pixDimsRAS[axis]);
        const narrow = section.clientWidth < 600;
        canvas.parentElement.style.aspectRatio = narrow ? (x + y) / (y + z) : (2 * x + y) / Math.max(y, z);
        nv.setMultiplanarLayout(narrow ? LAYOUT.grid : LAYOUT.row);
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
            crosshairWidthUnit: "mm", crosshairGap: 8, crosshairColor: [0.1, 0.5, 0.2, 1],
            backColor: [1, 1, 1, 1], fontColor: [0.2, 0.2, 0.2, 1], isAlphaClipDark: true,
            mouseEventConfig: {leftButton: {primary: DRAG.crosshair}, rightButton: DRAG.none, centerButton: DRAG.none},
            touchEventConfig: {singleTouch: DRAG.crosshair, doubleTouch: DRAG.none}
        });
        nv.overlayOutlineWidth = 0.4; /* voxels */
        nv.onLocationChange = located;
        await nv.attachToCanvas(canvas);
        canvas.parentElement.style.backgroundColor = "";
        nv.addColormap("vx-positive", colormap(positive));
        nv.addColormap("vx-negative", colormap(negative));
        nv.addColormap("vx-nothing", {R: [0, 0], G: [0, 0], B: [0, 0], A: [0, 0], I: [0, 255]});
        nv.addColormap("vx-ground", colormap(GREYS));
        const effects = Array.from(new Set(maps.map((element) => element.dataset.effect)));
        fill(effectBox, effects.map((effect) =>
            [effect, maps.find((element) => element.dataset.effect === effect).dataset.of]), effects[0]);
        listMaps("t");
        if (clusterBox.options.length > 1) {
            clusterBox.selectedIndex = 1;
            point = peak(rows[clusterBox.value]);
        }
        await show(selected());
        new ResizeObserver(layout).observe(section);
        note.hidden = true;
        section.dataset.ready = "";
        return true;
    }

    /* Starts the viewer once; later calls wait for the same start. */
    function start() {
        started = started || open().catch((error) => {
            byId("viewer-app").hidden = true;
            say("The viewer did not start (" + error.message + "). The pictures above show the same maps.");
            return false;
        });
        return started;
    }

    /* A click on a row shows its cluster. Its first cell becomes a button, for the keyboard. */
    for (const row of rows) {
        const cell = row.cells[0], button = document.createElement("button");
        button.type = "button";
        button.className = "peak";
        button.title = "show in the viewer";
        button.append(...cell.childNodes);
        cell.append(button);
        row.classList.add("leads");
        row.addEventListener("click", () => visit(row));
    }

    new IntersectionObserver((entries, observer) => {
        if (entries.some((entry) => entry.isIntersecting)) {
            observer.disconnect();
            start();
        }
    }).observe(section);
})();
