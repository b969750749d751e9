/* sarif.h - messages in the form that CI services read: SARIF 2.1.0, one run for all specs. */
#ifndef SARIF_H
#define SARIF_H

#include "diag.h"

/* The names of the rules, Diag.rule: which stage found it. */
#define RULE_FILE    "file"
#define RULE_SPEC    "spec"
#define RULE_NETWORK "network"
#define RULE_PLAN    "plan"
#define RULE_BUDGET  "budget"

void sarif_report(Text *out, const Diag *diag);

#endif
