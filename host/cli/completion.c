#include "cli/help.h"

#include <string.h>

/* ---- bash ---- */

void vx_completion_print_bash(FILE *out)
{
    fputs("# bash completion of voxstat, made by `voxstat --help=bash`.\n_voxstat()\n{\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=run words=\n"
          "    case ${COMP_WORDS[1]} in\n    ",
          out);
    const char *bar = "";
    for (size_t i = 0; i < vx_commands; i++) {
        if (vx_command_table[i].body) {
            fprintf(out, "%s%s", bar, vx_command_table[i].name);
            bar = " | ";
        }
    }
    fputs(") command=${COMP_WORDS[1]} ;;\n    esac\n    case $previous in\n", out);
    for (size_t id = 0; id < VX_OPTIONS; id++) {
        const vx_option *option = vx_option_table + id;
        bool again = id && !strcmp(option->name, option[-1].name); /* two commands' own */
        if (!option->argument || vx_option_later(option) || again)
            continue;
        fprintf(out, "    --%s", option->name);
        if (option->letter)
            fprintf(out, " | -%c", option->letter);
        fputs(") ", out);
        if (option->choices) {
            fputs("COMPREPLY=($(compgen -W \"", out);
            vx_help_choices(out, option, " ");
            fputs("\" -- \"$current\"))", out);
        } else {
            fputs("COMPREPLY=()", out); /* files, by -o default */
        }
        fputs("; return ;;\n", out);
    }
    fputs("    esac\n    case $command in\n", out);
    for (size_t i = 0; i < vx_commands; i++) {
        const vx_command *command = vx_command_table + i;
        if (!command->body)
            continue;
        fprintf(out, "    %s) words=\"", command->name);
        for (size_t id = 0; id < VX_OPTIONS; id++) {
            if (vx_help_shows(vx_option_table + id, command))
                fprintf(out, "--%s ", vx_option_table[id].name);
        }
        fputs("\" ;;\n", out);
    }
    fputs("    esac\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words+=\"", out);
    for (size_t i = 0; i < vx_commands; i++) {
        if (vx_command_table[i].body)
            fprintf(out, "%s ", vx_command_table[i].name);
    }
    fputs("\"\n    fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
          "complete -o default -F _voxstat voxstat\n",
          out);
}

/* ---- zsh ---- */

/* Text inside a single-quoted word of zsh, up to `length`; those of `special` get a backslash. */
static void quoted(FILE *out, const char *text, size_t length, const char *special)
{
    for (size_t i = 0; i < length && text[i]; i++) {
        if (text[i] == '\'') {
            fputs("'\\''", out);
            continue;
        }
        if (strchr(special, text[i]))
            fputc('\\', out);
        fputc(text[i], out);
    }
}

/* How much of a help text fits beside its option: up to what explains it (a bracket, a colon) or its first sentence. */
static size_t gist(const char *text)
{
    size_t length = 0;
    while (text[length] && !strchr(";:(", text[length]) && strncmp(text + length, ". ", 2))
        length++;
    while (length && strchr(". ", text[length - 1]))
        length--;
    return length;
}

/* What may follow an option: its choices, a file, a folder, or nothing that the shell knows. */
static void print_action(FILE *out, const vx_option *option)
{
    fputc(':', out);
    quoted(out, option->argument, strlen(option->argument), ":\\");
    fputc(':', out);
    if (option->kind == VX_CHOICES)
        fputs("_values -s , choice ", out);
    else if (option->choices)
        fputc('(', out);
    vx_help_choices(out, option, " ");
    if (option->choices && option->kind != VX_CHOICES)
        fputc(')', out);
    if (!option->choices && !strcmp(option->argument, "FILE"))
        fputs("_files", out);
    if (!option->choices && !strcmp(option->argument, "DIR"))
        fputs("_files -/", out);
}

/* A spec of _arguments, as in '(-n --permutations)'{-n+,--permutations=}'[gist]:N:(auto exact)'. */
static void print_spec(FILE *out, const vx_option *option)
{
    const char *equals = option->argument ? "=" : "";
    fputs(" \\\n        ", out);
    if (option->letter)
        fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", option->letter, option->name, option->letter,
                option->argument ? "+" : "", option->name, equals);
    else
        fprintf(out, "'%s--%s%s", option->kind == VX_NAMES ? "*" : "", option->name, equals);
    fputc('[', out);
    quoted(out, option->help, gist(option->help), "[]\\");
    fputc(']', out);
    if (option->argument)
        print_action(out, option);
    fputc('\'', out);
}

void vx_completion_print_zsh(FILE *out)
{
    fputs("#compdef voxstat\n# zsh completion of voxstat, made by `voxstat --help=zsh`.\n", out);
    for (size_t i = 0; i < vx_commands; i++) {
        const vx_command *command = vx_command_table + i;
        if (!command->body)
            continue;
        fprintf(out, "_voxstat_%s() {\n    _arguments -s -S", command->name);
        for (size_t id = 0; id < VX_OPTIONS; id++) {
            if (vx_help_shows(vx_option_table + id, command))
                print_spec(out, vx_option_table + id);
        }
        if (command->operand && strstr(command->operand, "..."))
            fputs(" \\\n        '*:: :_normal'", out); /* another command's words */
        else if (command->operand)
            fprintf(out, " \\\n        ':%s:_files -/'", command->operand);
        fputs("\n}\n", out);
    }
    fputs("_voxstat() {\n    local -a voxstat_commands\n    voxstat_commands=(\n", out);
    for (size_t i = 0; i < vx_commands; i++) {
        if (vx_command_table[i].body) {
            fprintf(out, "        '%s:", vx_command_table[i].name);
            quoted(out, vx_command_table[i].summary, strlen(vx_command_table[i].summary), ":\\");
            fputs("'\n", out);
        }
    }
    fputs("    )\n    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
          "        _describe -t commands 'voxstat command' voxstat_commands\n        return\n    fi\n"
          "    local name=run\n    if [[ -n ${(M)voxstat_commands:#$words[2]:*} ]]; then\n"
          "        name=$words[2]\n        shift words\n        (( CURRENT-- ))\n    fi\n"
          "    _voxstat_$name\n}\n_voxstat \"$@\"\n",
          out);
}
