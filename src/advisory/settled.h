/* From which version on a statement can do no harm, told by versions alone. */
#pragma once

#include "advisory/statement.h"

/**
 * sv_statement_append_settled_key:
 * @key: (inout): the key is appended; untouched where the answer is FALSE
 *
 * For statements that no rule but that of versions has a say in: the key of the lowest version from
 * which on @statement is bound to be judged "fixed", "not affected" or "not applicable", whatever
 * the host. One zero byte, below every version, where that is so for all of them. FALSE: there is
 * no such version, only judging tells.
 *
 * It spares looking at what nobody will read: of a distribution's history most is settled. It holds
 * for installed versions of the main build stream, in builds of the distribution itself.
 */
gboolean sv_statement_append_settled_key (const SvStatement *statement, GByteArray *key);
