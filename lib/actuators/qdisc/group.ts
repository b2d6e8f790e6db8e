/** What tells a device that we have made, beside its name: the group that it is in. Each round looks for it. */
export const GROUP = 7700;
