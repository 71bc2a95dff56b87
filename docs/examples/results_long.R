# Reads the table results-long as exported and hands it to metafor and meta, without editing it.
#
#   python manage.py export REVIEW results-long --out results.csv
#   Rscript docs/examples/results_long.R results.csv "mHHS"
#
# It prints: changes within one group as reported, with their intervals; the two arms of trials;
# and proportions. Nothing is computed that the table does not hold: a change derived from two means
# has no standard error and is listed, not pooled.

library(metafor)
library(meta)

arguments <- commandArgs(trailingOnly = TRUE)
results <- read.csv(arguments[1], encoding = "UTF-8", stringsAsFactors = FALSE, na.strings = "")
wanted <- if (length(arguments) > 1) arguments[2] else results$outcome[1]

final <- results$time_point_kind == "final_follow_up" & results$outcome == wanted
final[is.na(final)] <- FALSE

# 1. Change within one group, as the reports state it: the standard error out of the SD of the
#    change, else out of its 95 % confidence interval.
change <- results[final & !is.na(results$change_kind) & results$change_kind == "reported", ]
if (nrow(change) > 0) {
  n <- ifelse(is.na(change$change_n), change$n, change$change_n)
  from_sd <- change$change_sd / sqrt(n)
  has_limits <- !is.na(change$change_limits_kind) & change$change_limits_kind == "ci95"
  from_limits <- ifelse(
    has_limits, (change$change_high - change$change_low) / (2 * qnorm(0.975)), NA
  )
  change$se <- ifelse(is.na(from_sd), from_limits, from_sd)
  usable <- change[!is.na(change$change_mean) & !is.na(change$se), ]
  if (nrow(usable) > 0) {
    print(rma(yi = usable$change_mean, sei = usable$se, slab = usable$study, method = "REML"))
  }
}
derived <- results[final & !is.na(results$change_kind) & results$change_kind == "derived", ]
if (nrow(derived) > 0) {
  cat("Derived changes, without a standard error:\n")
  print(derived[, c("study", "cohort", "baseline_mean", "mean", "change_mean", "change_n")])
}

# 2. Two arms of one study at the same time point: the first arm against the second.
arms <- results[
  final & !is.na(results$cohort_kind) & results$cohort_kind == "arm" &
    !is.na(results$mean) & !is.na(results$sd) & !is.na(results$n),
]
pairs <- split(arms, arms$study)
pairs <- pairs[vapply(pairs, nrow, integer(1)) == 2]
if (length(pairs) > 0) {
  first <- do.call(rbind, lapply(pairs, function(rows) rows[1, ]))
  second <- do.call(rbind, lapply(pairs, function(rows) rows[2, ]))
  print(metacont(
    n.e = first$n, mean.e = first$mean, sd.e = first$sd,
    n.c = second$n, mean.c = second$mean, sd.c = second$sd,
    studlab = first$study, sm = "MD"
  ))
}

# 3. Proportions: who had the outcome, out of how many. Patients and units are never put together.
counted <- results[final & !is.na(results$events) & !is.na(results$n), ]
for (unit in unique(counted$n_unit)) {
  rows <- counted[!is.na(counted$n_unit) & counted$n_unit == unit, ]
  if (nrow(rows) > 0) {
    cat("Proportions of", unit, "\n")
    print(metaprop(event = rows$events, n = rows$n, studlab = rows$study))
  }
}
