/* embed_tool.c - build time: writes files as C arrays. usage: embed_tool NAME=PATH... > embedded.c
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_array(int number, const char *path)
{
    FILE *file = fopen(path, "rb");
    int c, column = 0;
    if (!file) {
        perror(path);
        return 0;
    }
    printf("static const unsigned char file_%d[] = {\n", number);
    while ((c = getc(file)) != EOF)
        printf("%d,%s", c, ++column % 24 == 0 ? "\n" : "");
    printf("0};\n");
    fclose(file);
    return 1;
}

int main(int argc, char **argv)
{
    printf("#include \"embed.h\"\n#include <string.h>\n");
    for (int i = 1; i < argc; i++) {
        const char *equals = strchr(argv[i], '=');
        if (!equals || !write_array(i, equals + 1))
            return 1;
    }
    printf("static const Embedded files[] = {\n");
    for (int i = 1; i < argc; i++)
        printf("{\"%.*s\", (const char *)file_%d, sizeof file_%d - 1},\n",
               (int)strcspn(argv[i], "="), argv[i], i, i);
    printf("};\n\nconst Embedded *embedded_find(const char *name)\n{\n"
           "    for (size_t i = 0; i < sizeof files / sizeof *files; i++)\n"
           "        if (strcmp(files[i].name, name) == 0)\n            return &files[i];\n"
           "    return NULL;\n}\n");
    return 0;
}
