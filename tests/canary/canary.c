// SPDX-License-Identifier: GPL-2.0
/*
 * A module with planted bugs, one chosen by the parameter bug=. Each is what
 * one of the kernel's detectors exists for; a lab in which loading this module
 * goes unnoticed would find nothing in the module under test either.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

static char *bug = "none";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "the bug to commit at load");

#define OBJECT_SIZE 64

/* Keeps the compiler from seeing, and refusing, what is done with a pointer. */
static char *object_alloc(void)
{
	char *object = kzalloc(OBJECT_SIZE, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(object);
	return object;
}

static void plant_use_after_free(void)
{
	char *object = object_alloc();

	kfree(object);
	OPTIMIZER_HIDE_VAR(object);
	pr_info("freed byte: %d\n", READ_ONCE(object[8]));
}

static void plant_out_of_bounds(void)
{
	char *object = object_alloc();

	pr_info("next byte: %d\n", READ_ONCE(object[OBJECT_SIZE]));
	kfree(object);
}

static void plant_double_free(void)
{
	char *object = object_alloc();

	kfree(object);
	OPTIMIZER_HIDE_VAR(object);
	kfree(object);
}

static void plant_sleep(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	msleep(20);
	spin_unlock(&lock);
}

static void plant_rcu(void)
{
	static int __rcu *pointer;

	pr_info("unprotected: %p\n", rcu_dereference(pointer));
}

static DEFINE_SPINLOCK(softirq_lock);

static void take_in_softirq(struct timer_list *unused)
{
	spin_lock(&softirq_lock);
	spin_unlock(&softirq_lock);
}

static void plant_lock_state(void)
{
	static DEFINE_TIMER(timer, take_in_softirq);

	mod_timer(&timer, jiffies + 1);
	msleep(100);
	del_timer_sync(&timer);
	spin_lock(&softirq_lock);
	spin_unlock(&softirq_lock);
}

static void plant_lock_order(void)
{
	static DEFINE_MUTEX(first);
	static DEFINE_MUTEX(second);

	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

struct timed {
	struct timer_list timer;
};

static void timed_expire(struct timer_list *unused)
{
}

static void plant_active_timer(void)
{
	struct timed *timed = kzalloc(sizeof(*timed), GFP_KERNEL);

	if (!timed)
		return;
	timer_setup(&timed->timer, timed_expire, 0);
	mod_timer(&timed->timer, jiffies + 3600 * HZ);
	kfree(timed);
}

static void plant_refcount(void)
{
	refcount_t users = REFCOUNT_INIT(1);

	if (refcount_dec_and_test(&users))
		pr_info("gone, and put again: %d\n", refcount_dec_and_test(&users));
}

static void plant_list(void)
{
	LIST_HEAD(head);
	struct list_head node;

	list_add(&node, &head);
	list_del(&node);
	list_del(&node);
}

static void plant_leak(void)
{
	int i;

	/* Several: a stale copy on a stack may hide one of them. */
	for (i = 0; i < 8; i++)
		pr_info("lost: %d\n", object_alloc() != NULL);
}

static void plant_shift(void)
{
	unsigned int width = 40;

	OPTIMIZER_HIDE_VAR(width);
	pr_info("shifted: %d\n", 1 << width);
}

static void plant_warning(void)
{
	WARN_ON(1);
}

static void plant_bug(void)
{
	BUG();
}

static void plant_hang(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(15 * HZ);
}

static void plant_nothing(void)
{
}

static const struct {
	const char *name;
	void (*plant)(void);
} bugs[] = {
	{ "none", plant_nothing },
	{ "use-after-free", plant_use_after_free },
	{ "out-of-bounds", plant_out_of_bounds },
	{ "double-free", plant_double_free },
	{ "sleep", plant_sleep },
	{ "rcu", plant_rcu },
	{ "lock-state", plant_lock_state },
	{ "lock-order", plant_lock_order },
	{ "active-timer", plant_active_timer },
	{ "refcount", plant_refcount },
	{ "list", plant_list },
	{ "leak", plant_leak },
	{ "shift", plant_shift },
	{ "warning", plant_warning },
	{ "bug", plant_bug },
	{ "hang", plant_hang },
};

static int __init canary_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (!strcmp(bugs[i].name, bug)) {
			bugs[i].plant();
			return 0;
		}
	}
	pr_err("no bug called '%s'\n", bug);
	return -EINVAL;
}

static void __exit canary_exit(void)
{
}

module_init(canary_init);
module_exit(canary_exit);

MODULE_DESCRIPTION("Planted bugs that prove the detectors of the lab");
MODULE_LICENSE("GPL");
