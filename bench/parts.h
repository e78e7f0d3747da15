/* The parts of the benchmark: each adds its rows to the table, or says why it was skipped. */
#pragma once

#include "run.h"
#include "table.h"

void bench_versions (const BenchPlaces *places, BenchTable *table);
void bench_host (const BenchPlaces *places, BenchTable *table);
void bench_reading (const BenchPlaces *places, BenchTable *table);
