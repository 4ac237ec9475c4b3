/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: as strict about mixed types. */
#ifndef KSTUB_LINUX_MINMAX_H
#define KSTUB_LINUX_MINMAX_H

#define KSTUB_SAME_TYPE(a, b) _Static_assert(__builtin_types_compatible_p(typeof(a), typeof(b)), \
					     "min and max want one type")

#define min_t(type, a, b) ({ type x_ = (a); type y_ = (b); x_ < y_ ? x_ : y_; })
#define max_t(type, a, b) ({ type x_ = (a); type y_ = (b); x_ > y_ ? x_ : y_; })
#define min(a, b) ({ KSTUB_SAME_TYPE((a) + 0, (b) + 0); min_t(typeof((a) + 0), a, b); })
#define max(a, b) ({ KSTUB_SAME_TYPE((a) + 0, (b) + 0); max_t(typeof((a) + 0), a, b); })

#endif
