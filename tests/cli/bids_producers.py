"""Tiny datasets with the files that PETPrep, Clinica, fMRIPrep, ASLPrep and CAT12 leave: their names and sidecars as on
disk, with images of 8 x 9 x 7 voxels. Each function writes one and returns the image of every slot,
{(participant, session): path}.

Sources of the names: the documentation of PETPrep (outputs), Clinica (CAPS specification), sMRIPrep and fMRIPrep
(outputs), ASLPrep (outputs), CAT12 (manual, naming convention), and BIDS 1.11.1 for raw data.

    python3 tests/cli/bids_producers.py DIR    writes all of them into DIR, to try
"""
import json
import pathlib
import sys
import zlib

import nibabel
import numpy

PEOPLE = ("01", "02", "03", "04", "05")
SESSIONS = ("baseline", "followup")
SHAPE = (8, 9, 7)
AFFINE = numpy.array([[-4.0, 0, 0, 12], [0, 4, 0, -16], [0, 0, 4, -8], [0, 0, 0, 1]])
MNI = "MNI152NLin2009cAsym"


def image(path, shape=SHAPE, **sidecar):
    """Writes an image of noise that depends on its path only, with a sidecar where there are fields."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = numpy.random.default_rng(zlib.crc32(path.name.encode())).standard_normal(shape)
    nibabel.Nifti1Image((10 + noise).astype(numpy.float32), AFFINE).to_filename(path)
    if sidecar:
        write_json(pathlib.Path(str(path).removesuffix(".gz").removesuffix(".nii") + ".json"), sidecar)
    return path


def write_json(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def describe(folder, kind):
    write_json(folder / "dataset_description.json", {"Name": folder.name, "BIDSVersion": "1.11.1", "DatasetType": kind})


def slots():
    return [(person, session) for person in PEOPLE for session in SESSIONS]


def raw_pet(folder, **fields):
    """The raw dataset: PET in native space, participants.tsv, sessions and a phenotype."""
    describe(folder, "raw")
    write_json(folder / "pet.json", {"TracerName": "FDG", "Manufacturer": "Siemens", "Units": "Bq/mL",
                                     "ManufacturersModelName": "Biograph mMR", **fields})
    people = [("participant_id", "age", "sex", "rapa_level")]
    people += [(f"sub-{person}", str(60 + 3 * i), "FM"[i % 2], f"{4.1 + i * i % 7:.1f}")
               for i, person in enumerate(PEOPLE)]
    (folder / "participants.tsv").write_text("\n".join("\t".join(row) for row in people) + "\n")
    write_json(folder / "participants.json", {"rapa_level": {"Description": "rapamycin, trough", "Units": "ng/mL"}})
    return {(person, session): image(folder / f"sub-{person}/ses-{session}/pet/sub-{person}_ses-{session}_trc-18FFDG"
                                     "_pet.nii.gz", InjectedRadioactivity=185, InjectedRadioactivityUnits="MBq")
            for person, session in slots()}


def petprep(folder, pvc=(None,), shape=SHAPE, **sidecar):
    """PETPrep: images in standard and in native space, the reference and a mask; `pvc` lists the corrections."""
    describe(folder, "derivative")
    made = {}
    for person, session in slots():
        stem = folder / f"sub-{person}/ses-{session}/pet/sub-{person}_ses-{session}"
        for one in pvc:
            entity = f"_pvc-{one}" if one else ""
            path = image(pathlib.Path(f"{stem}_space-{MNI}{entity}_desc-preproc_pet.nii.gz"), shape, **sidecar)
            made.setdefault((person, session), path)
        image(pathlib.Path(f"{stem}_space-T1w_desc-preproc_pet.nii.gz"), shape)
        image(pathlib.Path(f"{stem}_space-{MNI}_petref.nii.gz"))
        image(pathlib.Path(f"{stem}_space-{MNI}_desc-brain_mask.nii.gz"))
        pathlib.Path(f"{stem}_seg-gtm_desc-preproc_tacs.tsv").write_text("frame_start\tframe_end\n0\t300\n")
    return made


def older_petprep(folder):
    """As in derivatives on OpenNeuro: the label of the space in lower case, and pvc-nopvc in the name."""
    describe(folder, "derivative")
    return {(person, session): image(folder / f"sub-{person}/ses-{session}/sub-{person}_ses-{session}_space-mni305"
                                     "_pvc-nopvc_desc-preproc_pet.nii.gz")
            for person, session in slots()}


def clinica_pet(folder, smoothed=True):
    """A CAPS folder after pet-volume: masked images, with and (`smoothed`) without smoothing side by side."""
    made = {}
    for person, session in slots():
        place = folder / f"subjects/sub-{person}/ses-{session}/pet/preprocessing/group-trial"
        stem = f"sub-{person}_ses-{session}_trc-18FFDG_pet_space-Ixi549Space_suvr-pons_mask-brain"
        made[person, session] = image(place / f"{stem}_pet.nii.gz")
        if smoothed:
            image(place / f"{stem}_fwhm-8mm_pet.nii.gz")
    return made


def clinica_tissue(folder):
    """A CAPS folder after t1-volume-tissue-segmentation: modulated, unmodulated and native maps."""
    made = {}
    for person, session in slots():
        place = folder / f"subjects/sub-{person}/ses-{session}/t1/spm/segmentation"
        stem = f"sub-{person}_ses-{session}_T1w_segm"
        for tissue in ("graymatter", "whitematter"):
            image(place / f"native_space/{stem}-{tissue}_probability.nii.gz")
            image(place / f"normalized_space/{stem}-{tissue}_space-Ixi549Space_modulated-off_probability.nii.gz")
            path = image(place / f"normalized_space/{stem}-{tissue}_space-Ixi549Space_modulated-on_probability.nii.gz")
            made.setdefault((person, session), path)
    return made


def fmriprep(folder):
    """fMRIPrep and sMRIPrep: tissue probabilities in native and in standard space, and the discrete segmentation."""
    describe(folder, "derivative")
    made = {}
    for person, session in slots():
        stem = folder / f"sub-{person}/ses-{session}/anat/sub-{person}_ses-{session}"
        for tissue in ("GM", "WM", "CSF"):
            image(pathlib.Path(f"{stem}_label-{tissue}_probseg.nii.gz"))
            path = image(pathlib.Path(f"{stem}_space-{MNI}_res-2_label-{tissue}_probseg.nii.gz"))
            made.setdefault((person, session), path)
        image(pathlib.Path(f"{stem}_space-{MNI}_res-2_dseg.nii.gz"))
        image(pathlib.Path(f"{stem}_space-{MNI}_res-2_desc-preproc_T1w.nii.gz"))
    return made


def aslprep(folder):
    """ASLPrep: the mean flow, flow by other models, the time series of flow; its .bidsignore names the suffix cbf."""
    describe(folder, "derivative")
    (folder / ".bidsignore").write_text("*.html\nlogs/\nfigures/\n*_cbf.nii.gz\n")
    made = {}
    for person, session in slots():
        stem = folder / f"sub-{person}/ses-{session}/perf/sub-{person}_ses-{session}"
        made[person, session] = image(pathlib.Path(f"{stem}_space-{MNI}_cbf.nii.gz"), Units="mL/100 g/min")
        image(pathlib.Path(f"{stem}_cbf.nii.gz"))
        for desc in ("basil", "basilGM", "score", "scrub"):
            image(pathlib.Path(f"{stem}_space-{MNI}_desc-{desc}_cbf.nii.gz"))
        image(pathlib.Path(f"{stem}_space-{MNI}_desc-timeseries_cbf.nii.gz"), (*SHAPE, 4))
        image(pathlib.Path(f"{stem}_space-{MNI}_desc-scoreTimeseries_cbf.nii.gz"), (*SHAPE, 4))
    return made


def cat12(folder, prefix="mwp1", *others):
    """CAT12 of images with BIDS names: tissue in mri/, with `prefix` and `others`, and native tissue (p1)."""
    made = {}
    for person, session in slots():
        place = folder / f"sub-{person}/ses-{session}/anat/mri"
        name = f"sub-{person}_ses-{session}_T1w.nii"
        made[person, session] = image(place / f"{prefix}{name}")
        for other in ("p1", "wm", "mwp2", *others):
            image(place / f"{other}{name}")
    return made


if __name__ == "__main__":
    top = pathlib.Path(sys.argv[1])
    raw_pet(top / "petprep")
    petprep(top / "petprep/derivatives/petprep", (None, "GTM"))
    raw_pet(top / "older")
    older_petprep(top / "older/derivatives/petprep")
    clinica_pet(top / "caps")
    clinica_tissue(top / "caps")
    fmriprep(top / "fmriprep")
    aslprep(top / "aslprep")
    cat12(top / "cat12", "mwp1", "s6mwp1")
