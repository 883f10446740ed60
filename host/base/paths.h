/* Paths within texts for people. */
#ifndef VX_BASE_PATHS_H
#define VX_BASE_PATHS_H

/* A copy of `text` in which the last part stands for every absolute path, as in `--table participants.tsv` for
 * `--table /home/me/participants.tsv`: a page that is sent to others tells nothing of the sender's computer. A path
 * begins with '/' at the beginning of a word or after one of "'=,([ and has two parts or more. After a quote it ends at
 * the next one, else at a blank or one of "',;)]. The caller frees; null where memory is short. */
char *vx_paths_shortened(const char *text);

#endif
