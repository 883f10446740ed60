/* voxstat: voxelwise statistics with permutation inference. One header a noun, each its own manual. */
#ifndef VOXSTAT_H
#define VOXSTAT_H

#include "voxstat/error.h"
#include "voxstat/space.h"
#include "voxstat/image.h"
#include "voxstat/study.h"
#include "voxstat/model.h"
#include "voxstat/engine.h"
#include "voxstat/result.h"
#include "voxstat/tally.h"
#include "voxstat/inference.h"
#include "voxstat/family.h"

#endif
