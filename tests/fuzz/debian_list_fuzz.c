#include "feed_fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  return feed_fuzz ("debian-list", data, size);
}
