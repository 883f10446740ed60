/* The viewer of report.html: three slices through a point, with one statistic map over the mean image. NiiVue draws
   them. This file passes it the volumes of the page, and connects it to the controls, the rows of the cluster tables
   and the links to effects. The viewer starts when its section becomes visible, so that opening the page stays fast. */
(function () {
    "use strict";
    const byId = (id) => document.getElementById(id);
    const section = byId("viewer"), app = byId("viewer-app"), source = byId("niivue");
    const note = byId("viewer-note"), canvas = byId("viewer-canvas"), readout = byId("viewer-readout");
    const effectBox = byId("viewer-effect"), mapBox = byId("viewer-map"), clusterBox = byId("viewer-cluster");
    const slider = byId("viewer-threshold"), typed = byId("viewer-threshold-typed"), faded = byId("viewer-faded");
    const TAILS = {two: "Threshold of both tails", pos: "Threshold of the positive tail",
                   neg: "Threshold of the negative tail, without its sign"};
    const axes = ["x", "y", "z"].map((axis) => byId("viewer-" + axis));
    const volumes = Array.from(document.querySelectorAll("script.volume"));
    const maps = volumes.filter((element) => element.dataset.effect);
    const of = (effect) => maps.filter((element) => element.dataset.effect === effect);
    const ground = (modality) => volumes.find(({dataset}) => dataset.modality === modality && dataset.white);
    const atlas = (modality) => volumes.find(({dataset}) => dataset.modality === modality && dataset.regions);
    const leads = (selector) => Array.from(document.querySelectorAll(selector)).filter(
        (element) => of(element.dataset.effect).length); /* some maps may be left out */
    const rows = leads("tr[data-effect][data-x]");
    const {positive, negative} = JSON.parse(byId("viewer-colours").textContent);
    const GREYS = [[255, 255, 255], [80, 80, 80], [230, 230, 230]]; /* pale: the colours of maps must stand out */
    const LAYOUT = {grid: 2, row: 3}; /* values of NiiVue's MULTIPLANAR_TYPE */
    const DRAG = {none: 0, crosshair: 8}; /* values of NiiVue's DRAG_MODE */
    const FADED = 1, HIDDEN = 2; /* values of NiiVue's COLORMAP_TYPE, for values below the threshold */
    const ENTRIES = 256; /* of a colour map */
    const BELOW = 0.3; /* the part of a half of the colour bar that shows what lies below the threshold */
    const loaded = new Map(); /* script element -> NVImage */
    let nv = null, wanted = null, shown = null, started = null, point = [0, 0, 0];

    const number = (value) => Number(value.toPrecision(3)).toString().replace("-", "\u2212");
    const isP = (element) => Boolean(element.dataset.p);

    /* p as the tables have it. */
    const pText = (p) => p === 1 ? "1" : p < 1e-4 ? p.toExponential(1).replace(/e-(\d)$/, "e-0$1") : p.toPrecision(3);

    /* A value of the map as it is told, and back: volumes of p hold their negative logarithm. */
    const told = (value) => isP(shown) ? pText(10 ** -value) : number(value);
    const untold = (value) => isP(shown) ? -Math.log10(Math.min(Math.max(value, 1e-300), 1)) : value;

    function withUnits(value) {
        return shown.dataset.units ? `${told(value)} ${shown.dataset.units}` : told(value);
    }

    /* The tails of the current map that have colours: the tested ones, as in the pictures. Maps without a sign use the
       positive tail. */
    const rises = () => shown.dataset.tails !== "neg";
    const falls = () => ["two", "neg"].includes(shown.dataset.tails);

    /* The colour of a size of the current map, between the colours of a tail, whose sizes the map has with it. They are
       those of the pictures, and a value keeps its colour when the reader moves the threshold. */
    function colour(size, stops) {
        const sizes = shown.dataset.stops.split(" ").map(Number), after = sizes.findIndex((one) => one > size);
        if (after < 0)
            return stops[sizes[0] < sizes.at(-1) ? stops.length - 1 : 0];
        if (after === 0)
            return stops[0];
        const share = (size - sizes[after - 1]) / (sizes[after] - sizes[after - 1]);
        return [0, 1, 2].map((k) => Math.round(stops[after - 1][k] + share * (stops[after][k] - stops[after - 1][k])));
    }

    /* A colour map in NiiVue's format. Its first entry, for voxels outside the mask, is transparent. */
    function colormap(stops) {
        const channel = (k) => stops.map((rgb) => rgb[k]);
        return {R: channel(0), G: channel(1), B: channel(2), A: stops.map((_, i) => i ? 255 : 0),
                I: stops.map((_, i) => i && 1 + Math.round(254 * (i - 1) / (stops.length - 2)))};
    }

    /* The colours of one tail from 0 to the limit. */
    const colourOfEntry = (stops) => Array.from({length: ENTRIES}, (_, i) =>
        colour(shown.dataset.limit * i / (ENTRIES - 1), stops));

    function say(text) {
        note.textContent = text;
        note.hidden = false;
    }

    async function volume(element) {
        if (!loaded.has(element))
            loaded.set(element, await niivue.NVImage.new(await pageVolume.nifti(element),
                                                         (element.dataset.map || "volume") + ".nii"));
        return loaded.get(element);
    }

    /* How much of its colour a value has: as in the pictures, less with the square below the threshold. */
    function opacity(size, threshold) {
        return size >= threshold ? 1 : faded.checked ? (size / threshold) ** 2 : 0;
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
        typed.value = isP(shown) ? Number(pText(10 ** -threshold)) : Number(threshold.toPrecision(3));
        slider.setAttribute("aria-valuetext", isP(shown) ? "p " + told(threshold) : told(threshold));
        legend(falls() ? limit : 0, rises() ? limit : 0, threshold);
    }

    /* Draws the colour bar with marks at the threshold of each tail. What lies beyond it has most of the length. */
    function legend(low, high, threshold) {
        const limit = low || high, both = low && high ? 0.5 : 1;
        const part = (size) => size <= threshold || threshold >= limit
            ? BELOW * size / Math.max(threshold, 1e-30)
            : BELOW + (1 - BELOW) * (size - threshold) / (limit - threshold);
        const at = (size, side) => 100 * both * (side < 0 ? 1 - part(size) : (low ? 1 : 0) + part(size));
        const stops = [];
        for (let side = low ? -1 : 1; side <= (high ? 1 : -1); side += 2)
            for (let i = 0; i <= 60; i++) {
                const size = limit * (side < 0 ? 60 - i : i) / 60;
                const rgb = colour(size, side < 0 ? negative : positive), alpha = opacity(size, threshold);
                stops.push(`rgb(${rgb} / ${alpha.toFixed(3)}) ${at(size, side).toFixed(2)}%`
                    .replaceAll(",", " "));
            }
        byId("viewer-least").textContent = told(-low);
        byId("viewer-most").textContent = withUnits(high);
        byId("viewer-bar").style.backgroundImage = `linear-gradient(to right, ${stops})`;
        const [left, right] = byId("viewer-bar").children;
        left.hidden = !low;
        right.hidden = !high;
        left.style.left = at(threshold, -1) + "%";
        right.style.left = at(threshold, 1) + "%";
    }

    function redraw() {
        calibrate(loaded.get(shown));
        nv.updateGLVolume();
    }

    /* Shows a map over the mean image of its modality. Reading a volume takes time; if the user selects another map
       meanwhile, this one is dropped. The regions and the primary p at the crosshair come with it. */
    async function show(element) {
        wanted = element;
        const {modality, effect} = element.dataset, mean = ground(modality), labels = atlas(modality);
        const primary = of(effect).find(({dataset}) => dataset.p === "primary");
        const under = await volume(mean), image = await volume(element);
        for (const beside of [labels, primary])
            if (beside)
                await volume(beside);
        if (wanted !== element)
            return;
        shown = element;
        slider.max = Number(element.dataset.limit);
        slider.value = element.dataset.threshold;
        byId("viewer-tails").textContent = TAILS[element.dataset.tails] || "Threshold";
        byId("viewer-what").textContent = element.dataset.of;
        nv.addColormap("vx-positive", colormap(colourOfEntry(positive)));
        nv.addColormap("vx-negative", colormap(colourOfEntry(negative)));
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

    /* The value of a volume of the page at a place of the crosshair. */
    function valueOf(element, mm) {
        const image = element && loaded.get(element);
        return image ? image.getValue(...image.mm2vox(mm)) : undefined;
    }

    function located(place) {
        if (place.values.length < 2)
            return;
        const {modality, effect, title} = shown.dataset, labels = atlas(modality);
        const primary = of(effect).find(({dataset}) => dataset.p === "primary");
        const p = primary === shown ? undefined : valueOf(primary, place.mm);
        const region = labels && JSON.parse(labels.dataset.regions)[valueOf(labels, place.mm) - 1];
        point = Array.from(place.mm).slice(0, 3).map((mm) => Math.round(mm * 100) / 100);
        axes.forEach((box, i) => { box.value = point[i]; });
        readout.textContent = `${title} = ${withUnits(place.values[1].value)}` +
            (p === undefined ? "" : `, p = ${pText(10 ** -p)}`) +
            ` at (${point.join(", ").replaceAll("-", "\u2212")}) mm` + (!labels ? "" : `, ${region || "in no region"}`);
    }

    function fill(box, entries, chosen) {
        box.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
        if (entries.some(([value]) => value === chosen))
            box.value = chosen;
    }

    function listMaps(chosen) {
        fill(mapBox, of(effectBox.value).map(({dataset}) => [dataset.map, dataset.title]), chosen);
        const peaks = rows.filter((row) => row.dataset.effect === effectBox.value);
        fill(clusterBox, [["", peaks.length ? "choose" : "none"]].concat(
            peaks.map((row) => [String(rows.indexOf(row)), row.dataset.title])), "");
        clusterBox.disabled = !peaks.length;
    }

    const selected = () => of(effectBox.value).find(({dataset}) => dataset.map === mapBox.value);

    const peak = ({dataset}) => [dataset.x, dataset.y, dataset.z].map(Number);

    /* Shows the effect of an element at its peak: of a row its cluster, of another element the effect's largest t. */
    async function goTo(element) {
        if (effectBox.value !== element.dataset.effect) {
            effectBox.value = element.dataset.effect;
            listMaps(mapBox.value);
            await show(selected());
        }
        clusterBox.value = String(rows.indexOf(element));
        if (clusterBox.selectedIndex < 0)
            clusterBox.value = "";
        if (element.dataset.x)
            go(peak(element));
    }

    /* Leads to the slices from `control`, which belongs to `element`. */
    async function visit(element, control) {
        if (!await start())
            return;
        viewerPanel.beside(control, control);
        await goTo(element);
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
                if (type === "keydown" && event.key === "Escape")
                    viewerPanel.home();
            });
        canvas.addEventListener("wheel", (event) => {
            if (document.activeElement !== canvas)
                event.stopImmediatePropagation();
        });
        canvas.addEventListener("mousedown", () => canvas.focus({preventScroll: true}));
        slider.addEventListener("input", redraw);
        typed.addEventListener("change", () => {
            slider.value = untold(Number(typed.value));
            redraw();
        });
        faded.addEventListener("change", redraw);
        mapBox.addEventListener("change", () => show(selected()));
        effectBox.addEventListener("change", () => {
            listMaps(mapBox.value);
            point = selected().dataset.x ? peak(selected()) : point;
            show(selected());
        });
        clusterBox.addEventListener("change", () => clusterBox.value && go(peak(rows[clusterBox.value])));
        for (const box of axes)
            box.addEventListener("change", () => go(axes.map((axis) => Number(axis.value))));
    }

    /* Arranges three slices in a row, or two above one in narrow frames, and fits the frame's aspect ratio. */
    function layout() {
        if (!nv.volumes.length)
            return;
        const {dimsRAS, pixDimsRAS} = nv.volumes[0];
        const [x, y, z] = [1, 2, 3].map((axis) => dimsRAS[axis] * pixDimsRAS[axis]);
        const below = app.classList.contains("docked") && getComputedStyle(app).top !== "0px";
        const grid = app.clientWidth < 600 && !below;
        canvas.parentElement.style.aspectRatio = grid ? (x + y) / (y + z) : (2 * x + y) / Math.max(y, z);
        nv.setMultiplanarLayout(grid ? LAYOUT.grid : LAYOUT.row);
    }

    async function open() {
        if (!document.createElement("canvas").getContext("webgl2")) {
            say("This browser has no WebGL 2, which the viewer needs. The pictures below show the same maps.");
            return false;
        }
        const script = document.createElement("script");
        script.textContent = new TextDecoder().decode(await pageVolume.unzip(source));
        document.head.append(script);
        app.hidden = false;
        listen();
        nv = new niivue.Niivue({
            logLevel: "error", dragAndDropEnabled: false, isForceMouseClickToVoxelCenters: true,
            isNearestInterpolation: true, multiplanarShowRender: 0, multiplanarPadPixels: 6, crosshairWidth: 1,
            crosshairWidthUnit: "mm", crosshairGap: 8, crosshairColor: [0.1, 0.5, 0.2, 1],
            backColor: [1, 1, 1, 1], fontColor: [0.2, 0.2, 0.2, 1], isAlphaClipDark: true,
            showAllOrientationMarkers: true,
            mouseEventConfig: {leftButton: {primary: DRAG.crosshair}, rightButton: DRAG.none, centerButton: DRAG.none},
            touchEventConfig: {singleTouch: DRAG.crosshair, doubleTouch: DRAG.none}
        });
        nv.overlayOutlineWidth = 0.4; /* voxels */
        nv.onLocationChange = located;
        await nv.attachToCanvas(canvas);
        canvas.parentElement.style.backgroundColor = "";
        nv.addColormap("vx-nothing", {R: [0, 0], G: [0, 0], B: [0, 0], A: [0, 0], I: [0, 255]});
        nv.addColormap("vx-ground", colormap(GREYS));
        const effects = Array.from(new Set(maps.map((element) => element.dataset.effect)));
        fill(effectBox, effects.map((effect) => [effect, of(effect)[0].dataset.of]), app.dataset.first);
        listMaps("t");
        point = selected().dataset.x ? peak(selected()) : point;
        await show(selected());
        new ResizeObserver(layout).observe(app);
        window.addEventListener("resize", layout);
        note.hidden = true;
        section.dataset.ready = "";
        return true;
    }

    /* Starts the viewer once; later calls wait for the same start. */
    function start() {
        started = started || open().catch((error) => {
            app.hidden = true;
            say("The viewer did not start (" + error.message + "). The pictures below show the same maps.");
            return false;
        });
        return started;
    }

    function button(text) {
        const made = document.createElement("button");
        made.type = "button";
        made.className = "peak";
        made.title = "show in the viewer";
        made.append(text);
        return made;
    }

    /* A click on a row shows its cluster. The content of its first cell becomes a button, for the keyboard. */
    for (const row of rows) {
        const cell = row.cells[0], control = button("");
        control.append(...cell.childNodes);
        cell.append(control);
        row.classList.add("leads");
        row.addEventListener("click", () => visit(row, control));
    }

    /* Every effect has a button to its peak, and on wide screens a link to the effect shows that beside it. */
    for (const article of leads("article[data-effect]")) {
        const control = button("Show the peak in the viewer"), line = document.createElement("p");
        line.className = "to-viewer";
        line.append(control);
        article.querySelector(".headline").after(line);
        control.addEventListener("click", () => visit(article, control));
        for (const link of document.querySelectorAll(`main a[href="#${article.id}"]`))
            link.addEventListener("click", async () => {
                if (!viewerPanel.wanted() || !await start())
                    return;
                viewerPanel.beside(link, article);
                goTo(article);
            });
    }

    new IntersectionObserver((entries, observer) => {
        if (entries.some((entry) => entry.isIntersecting)) {
            observer.disconnect();
            start();
        }
    }).observe(section);
})();
