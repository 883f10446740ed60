/* The inverse of volume.c: the volumes of the page become NIfTI files in memory. */
const pageVolume = (function () {
    "use strict";
    const HEADER = 352; /* bytes of a NIfTI-1 file before its data */

    /* The bytes of a gzipped text of the page. */
    async function unzip(element) {
        const text = atob(element.textContent.trim()), packed = new Uint8Array(text.length);
        for (let i = 0; i < text.length; i++)
            packed[i] = text.charCodeAt(i);
        const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
        return new Uint8Array(await new Response(stream).arrayBuffer());
    }

    /* Undoes the differences along one axis; an Int16Array calculates modulo 2^16. */
    function sum(value, stride, length) {
        for (let i = stride; i < value.length; i++)
            if (Math.floor(i / stride) % length)
                value[i] += value[i - stride];
    }

    /* The NIfTI-1 file, as an ArrayBuffer. */
    async function nifti(element) {
        const file = await unzip(element), little = new DataView(file.buffer).getInt32(0, true) === 348;
        const header = new DataView(file.buffer, 0, HEADER);
        const dim = [1, 2, 3].map((axis) => header.getInt16(40 + 2 * axis, little));
        const count = dim[0] * dim[1] * dim[2], value = new Int16Array(count);
        for (let i = 0; i < count; i++) {
            const folded = file[HEADER + i] + 256 * file[HEADER + count + i];
            value[i] = folded & 1 ? -(folded + 1) / 2 : folded / 2;
        }
        sum(value, dim[0] * dim[1], dim[2]);
        sum(value, dim[0], dim[1]);
        sum(value, 1, dim[0]);
        const data = new DataView(file.buffer, HEADER);
        for (let i = 0; i < count; i++)
            data.setInt16(2 * i, value[i], little);
        return file.buffer;
    }

    return {unzip, nifti};
})();
