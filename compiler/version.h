/* version.h - stands in every generated file. */
#ifndef VERSION_H
#define VERSION_H
#define CNNGEN_VERSION "0.1"
#endif
