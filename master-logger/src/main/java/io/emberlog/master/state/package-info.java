/** The form that small text files in the state directory have in common. Stateless. */
package io.emberlog.master.state;
