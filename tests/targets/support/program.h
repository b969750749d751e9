/* program.h - what the program and the file that brings it to a target (hosted.c, cortex_m.c, wasm.c) know of each other. */
#ifndef PROGRAM_H
#define PROGRAM_H
int program(void);
void put_line(const char *line); /* without the end of the line */
#endif
