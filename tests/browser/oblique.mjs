/* Lays the images of a folder obliquely, and the file's first axis along y:
       node oblique.mjs FOLDER
   so that no axis of the images is parallel to an axis of space, their order differs, and the third one leads down. Only
   the sform of their NIfTI-1 headers changes. */
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

const QFORM_CODE = 252, SROW = 280; /* bytes from the start */
const angle = Math.PI / 18, [c, s] = [Math.cos(angle), Math.sin(angle)];
const aboutX = [[1, 0, 0], [0, c, -s], [0, s, c]], aboutZ = [[c, -s, 0], [s, c, 0], [0, 0, 1]];
const times = (a, b) => a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
const [folder] = process.argv.slice(2);

for (const name of fs.readdirSync(folder).filter((name) => name.endsWith(".nii.gz"))) {
    const file = path.join(folder, name), image = zlib.gunzipSync(fs.readFileSync(file));
    const place = (i, j) => SROW + 4 * (4 * i + j);
    const sform = [0, 1, 2].map((i) => [1, 0, 2, 3].map((j) => (j === 2 ? -1 : 1) * image.readFloatLE(place(i, j))));
    times(times(aboutX, aboutZ), sform).forEach((row, i) => row.forEach((value, j) => {
        image.writeFloatLE(value, place(i, j));
    }));
    image.writeInt16LE(0, QFORM_CODE);
    fs.writeFileSync(file, zlib.gzipSync(image, {level: 1}));
}
