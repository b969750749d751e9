/* layer.h - what a layer kind is: its options, its size rule, its tensors and its cost, as data
 * where data will do.
 *
 * A kind is one `const LayerKind layer_<name>` in layers/, and one line in layers.def. graph.c
 * decodes the options into the Node, calls `check`, and never needs to know which kind it is. */
#ifndef LAYER_H
#define LAYER_H

#include "graph.h"

typedef enum {
    OPTION_COUNT,      /* int64_t, 1 or more */
    OPTION_SIZE,       /* Size: number, {h, w}, "HxW" (one number in 1D) */
    OPTION_EXTRA,      /* Size that may be 0 */
    OPTION_PADDING,    /* Window: "valid", "same", number, "HxW", {top, bottom, left, right} (1D:
                          {left, right}) */
    OPTION_SIDES,      /* Padding: the same without words */
    OPTION_BILINEAR,   /* bool: "nearest" or, true, "bilinear" (1D: "linear") */
    OPTION_BOOL,       /* bool */
    OPTION_NUMBER,     /* double, finite, 0 or more */
    OPTION_RATE,       /* double, 0 <= x < 1 */
    OPTION_ACTIVATION, /* const Activation * */
    OPTION_INIT,       /* Init */
    OPTION_SHAPE,      /* Shape: "HxWxC", "LxC", "C", or a list */
    OPTION_BRANCH      /* layers, which walk.c reads */
} OptionType;

typedef struct {
    const char *name; /* NULL ends a list */
    OptionType type;
    size_t offset; /* of the field in the struct that is filled in */
    enum { OPTIONAL, REQUIRED } need;
    bool main; /* the first positional value */
} Option;

#define NODE_OPTION(name, type, field, need, main)                                                 \
    {                                                                                              \
        name, type, offsetof(Node, field), need, main                                              \
    }

/* What the Plan does with a node; a new kind is nearly always ROLE_LAYER. */
typedef enum {
    ROLE_LAYER,      /* code of its own from its two templates */
    ROLE_ACTIVATION, /* element by element or along channels: may run in place or inside its
                        producer */
    ROLE_VIEW,       /* another shape of the same values: no code */
    ROLE_PAD,        /* zeros around its input: becomes a halo */
    ROLE_CROP,       /* its input without what its padding cuts off: no code */
    ROLE_SUM,        /* of its inputs, value by value */
    ROLE_PRODUCT,    /* the same; an input may also have one value for each channel */
    ROLE_CONCAT      /* the channels of its inputs, one behind the other */
} Role;

/* How sizes follow from options; the header of the generated code checks the first two again. */
typedef enum { SIZE_RULE_WINDOW, SIZE_RULE_TRANSPOSED, SIZE_RULE_OWN } SizeRule;

/* What stands between the braces of a block. */
typedef enum {
    BRANCH_NONE, /* no block */
    BRANCH_EACH, /* every item is a branch */
    BRANCH_BODY  /* the items are one branch, `shortcut` is the other (none: the input itself) */
} Branches;

typedef struct Check Check; /* check.h */
struct Plan;                /* plan.h */
struct Step;

/* One way to write a pass of a step, and the floats it needs for itself. */
typedef struct {
    const char *templates; /* "conv": templates/conv.fwd.c.t and conv.bwd.c.t */
    int64_t prepared;      /* made of the parameters once for all samples, then only read */
    int64_t sums;          /* added up over the samples, then put into the gradients */
    int64_t work;          /* for one sample; for the batch of a step that takes all of it */
} Form;

/* What the Plan must know to give a step of a kind its place: which of its buffers backward reads,
 * what may run inside it, and its tiles. */
typedef struct {
    const char *templates; /* "conv": templates/conv.fwd.c.t and conv.bwd.c.t */
    bool keeps_input;      /* backward reads x; of a layer with tensors, if they are trained */
    bool bends_input;      /* ... and if they are not: dx depends on x, too */
    bool keeps_output;     /* backward reads y, whatever the activation */
    bool elementwise;      /* applies its activation to x and nothing else */
    bool linear;           /* sums of products of x and its tensors, read value by value */
    bool takes_activation; /* applies one behind it, too */
    bool passes_gradient;  /* its inputs' gradients are that of its output before the activation */
    bool takes_halo;       /* padding of its window is zeros around its input */
    bool takes_pool;       /* a pool behind it can run on its results */
    bool clips;            /* has a form that reads its input without zeros around it */
    bool in_order;         /* its pixels can be made one by one, from the first or from the last */
    int keeps_pixels;      /* numbers for each pixel that forward works out for backward */
    int keeps_channels;    /* ... or for each channel */
    bool normalizes;       /* by statistics of the batch in training, else by a scale and a shift */
    bool takes_norm;       /* applies the scale and the shift of a norm behind it, too */
    bool only_training;    /* outside of training its output is its input */
    bool in_place;         /* its output may take the place of its first input */
    bool whole_batch;      /* in training it takes all samples of the batch at once */
    bool updates_kernel;   /* has a template that updates the kernel while its gradient is made */
    enum { POOL_NONE, POOL_MAXIMUM, POOL_MEAN } pool;
    /* The zeros around its input, with takes_halo; NULL: its padding. */
    Padding (*halo)(const Node *node);
    /* The form that suits a step; NULL: `templates` and no memory of its own. */
    Form (*form)(const struct Plan *plan, const struct Step *step, bool backward);
    /* Adds the tiles of a step for so many lanes of outputs (dx_lanes: of inputs); NULL: none. */
    void (*tiles)(Arena *arena, Value *tiles, const struct Plan *plan, const struct Step *step,
                  int lanes, int dx_lanes);
} Recipe;

/* Steps that lowering makes itself. */
extern const Recipe recipe_pad, recipe_planes, recipe_activation, recipe_add, recipe_mul;

struct LayerKind {
    const char *name;   /* "conv2d", as in the spec */
    const char *prefix; /* of automatic names: "conv" gives conv1, conv2, ... */
    const char *keras;  /* Keras' name of its layers in files of weights; NULL: `name` */
    int dims;           /* spatial axes the input must have: 2, 1, 0 (flat); ANY_DIMS */
    Role role;
    SizeRule size_rule;
    Branches branches;
    const Option *options;
    void (*defaults)(Node *node);            /* may be NULL */
    bool (*check)(Check *check, Node *node); /* in → out, tensors, costs; false after a message */
    const Recipe *recipe;                    /* NULL for ROLE_VIEW */
};

enum { ANY_DIMS = -1 };

#define LAYER(name) extern const LayerKind layer_##name;
#include "layers.def"
#undef LAYER

/* NULL when there is no such kind. */
const LayerKind *layer_find(const char *name);

struct Activation {
    const char *name;
    double alpha;    /* default; 0: it has none */
    bool from_input; /* its gradient needs its input */
    bool monotone;
};

const Activation *activation_find(const char *name); /* NULL when there is none */
const char *const *activation_names(void);

#endif
