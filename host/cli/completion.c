#include "cli/help.h"

#include "base/table.h"
#include "study/cells.h"

#include <string.h>

/* ---- columns ---- */

/* Whether an option takes names of the table's columns. */
static bool takes_columns(const vx_option *option)
{
    return option == &vx_option_table[VX_OPTION_COVARIATE] || option == &vx_option_table[VX_OPTION_NUISANCE];
}

void vx_completion_print_columns(FILE *out, const vx_arguments *arguments)
{
    vx_table table;
    if (vx_table_read(vx_argument_text(arguments, VX_OPTION_TABLE), &table, NULL))
        return;
    for (int64_t column = 0; column < table.columns; column++) {
        if (!strcmp(table.name[column], "participant_id") || vx_column_kind_of(&table, column) == VX_COLUMN_IMAGES)
            continue;
        for (const char *c = table.name[column]; *c; c++)
            fprintf(out, "%s%c", *c == ',' ? "\\" : "", *c);
        fputc('\n', out);
    }
    vx_table_destroy(&table);
}

/* ---- bash ---- */

/* Column names are untrusted: compgen -W would run commands in them. */
static const char bash_columns[] =
    "_voxstat_columns()\n{\n"
    "    local name table=() before= i\n"
    "    for ((i = 1; i < ${#COMP_WORDS[@]} - 1; i++)); do\n"
    "        [ \"${COMP_WORDS[i]}\" = --table ] || continue\n"
    "        table=(--table \"${COMP_WORDS[i + 1]}\")\n"
    "        [ \"${COMP_WORDS[i + 1]}\" != = ] || table=(--table \"${COMP_WORDS[i + 2]}\")\n"
    "    done\n"
    "    [[ $current != *,* ]] || before=${current%,*},\n"
    "    COMPREPLY=()\n"
    "    while IFS= read -r name; do\n"
    "        [[ $name != \"${current##*,}\"* ]] || COMPREPLY+=(\"$before$(printf %q \"$name\")\")\n"
    "    done < <(\"${COMP_WORDS[0]}\" run \"${table[@]}\" --help=columns 2>/dev/null)\n"
    "}\n";

void vx_completion_print_bash(FILE *out)
{
    fputs("# bash completion of voxstat, made by `voxstat --help=bash`.\n", out);
    fputs(bash_columns, out);
    fputs("_voxstat()\n{\n"
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
        bool again = id && !strcmp(option->name, option[-1].name); /* an option with a row per command */
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
            fputs(takes_columns(option) ? "_voxstat_columns" : "COMPREPLY=()", out); /* files, by -o default */
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

static const char zsh_columns[] =
    "_voxstat_column() {\n"
    "    local -a table names\n"
    "    local i=${words[(I)--table]} j=${words[(I)--table=*]}\n"
    "    (( i )) && table=(--table ${(Q)words[i + 1]})\n"
    "    (( j )) && table=(--table ${(Q)${words[j]#--table=}})\n"
    "    names=(${(f)\"$(${(Q)voxstat_program} run $table --help=columns 2>/dev/null)\"})\n"
    "    compadd \"$@\" -a names\n"
    "}\n";

/* Prints up to `length` bytes inside a single-quoted word of zsh. Characters of `special` get a backslash. */
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

/* The length of a short description: the help text up to the first bracket, colon, semicolon or end of sentence. */
static size_t gist(const char *text)
{
    size_t length = 0;
    while (text[length] && !strchr(";:(", text[length]) && strncmp(text + length, ". ", 2))
        length++;
    while (length && strchr(". ", text[length - 1]))
        length--;
    return length;
}

/* Prints the completion of an option's argument: its choices, a file, a folder, or nothing. */
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
    if (takes_columns(option))
        fputs("_sequence _voxstat_column", out);
}

/* Prints a spec of _arguments, as in '(-n --permutations)'{-n+,--permutations=}'[gist]:N:(auto exact)'. */
static void print_spec(FILE *out, const vx_option *option)
{
    const char *equals = option->argument ? "=" : "";
    fputs(" \\\n        ", out);
    if (option->letter)
        fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", option->letter, option->name, option->letter,
                option->argument ? "+" : "", option->name, equals);
    else
        fprintf(out, "'%s--%s%s", vx_option_adds(option) ? "*" : "", option->name, equals);
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
    fputs(zsh_columns, out);
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
            fputs(" \\\n        '*:: :_normal'", out); /* the words of another command */
        else if (command->operand)
            fputs(" \\\n        '::DIR:_files -/'", out);
        fputs("\n}\n", out);
    }
    fputs("_voxstat() {\n    local voxstat_program=$words[1]\n    local -a voxstat_commands\n"
          "    voxstat_commands=(\n", out);
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
