"""How a party is reached, and its packets are sealed."""

cdef extern from "commands.h" nogil:
    ctypedef int (*srtp_work)(void *context, void *packet, int *size)

    ctypedef struct srtp_functions:
        srtp_work protect, unprotect, protect_rtcp, unprotect_rtcp

    srtp_functions srtp


cdef extern from "reaching_commands.h" nogil:
    enum:
        ICE_UFRAG
        ICE_PASSWORD
        ICE_REMOTE

    ctypedef struct ice_agent:
        uint8_t ufrag[64]
        uint8_t password[64]
        uint8_t remote[256]
        int ufrag_size, password_size, remote_size

    ctypedef struct handshake:
        sockaddr_storage _from "from"
        int component, size
        uint8_t *bytes

    int pump_set_ice(pump *self, int slot, const ice_agent *credentials)
    int write_address(const sockaddr_storage *address, char *host, int room)
    handshake *pump_take_handshake(pump *self, int slot)
    void pump_learn(pump *self, int slot, const sockaddr_storage *address, socklen_t size)
    int pump_send_handshake(pump *self, int slot, int component, const uint8_t *bytes, int size,
                            const sockaddr_storage *to, socklen_t to_size)

    cpdef enum:
        PAIR_NOMINATED
        HANDSHAKE_CAME


cdef extern from "quality_commands.h" nogil:
    int pump_target(pump *self, int slot, char *host, int room)


def use_srtp(uintptr_t protect, uintptr_t unprotect, uintptr_t protect_rtcp,
             uintptr_t unprotect_rtcp):
    srtp.protect = <srtp_work>protect
    srtp.unprotect = <srtp_work>unprotect
    srtp.protect_rtcp = <srtp_work>protect_rtcp
    srtp.unprotect_rtcp = <srtp_work>unprotect_rtcp


cdef class Reaching(Commands):
    """Connectivity checks, handshakes, and where packets go."""

    def set_ice(self, int slot, bytes ufrag, bytes password, bytes remote):
        cdef ice_agent agent
        if (not 0 < len(ufrag) <= ICE_UFRAG or not 0 < len(password) <= ICE_PASSWORD
                or len(remote) > ICE_REMOTE):
            raise ValueError("credentials of ICE that are too long, or none")
        memset(&agent, 0, sizeof(agent))
        memcpy(agent.ufrag, PyBytes_AS_STRING(ufrag), <size_t>len(ufrag))
        memcpy(agent.password, PyBytes_AS_STRING(password), <size_t>len(password))
        memcpy(agent.remote, PyBytes_AS_STRING(remote), <size_t>len(remote))
        agent.ufrag_size = <int>len(ufrag)
        agent.password_size = <int>len(password)
        agent.remote_size = <int>len(remote)
        if pump_set_ice(self.at, slot, &agent):
            raise MemoryError

    def clear_ice(self, int slot):
        pump_set_ice(self.at, slot, NULL)

    def take_handshake(self, int slot):
        cdef char host[64]
        cdef handshake *one = pump_take_handshake(self.at, slot)
        if one == NULL:
            return None
        cdef int port = write_address(&one._from, host, sizeof(host))
        cdef bytes data = PyBytes_FromStringAndSize(<const char *>one.bytes, one.size)
        component = one.component
        free(one)
        return component, (host.decode(), port), data

    def learn(self, int slot, tuple address):
        cdef sockaddr_storage found
        host, port = address
        cdef socklen_t size = read_address(host.encode(), port, &found)
        if size:
            pump_learn(self.at, slot, &found, size)

    def send_handshake(self, int slot, int component, tuple address, bytes data):
        cdef sockaddr_storage to
        cdef socklen_t size = 0
        memset(&to, 0, sizeof(to))
        if address is not None:
            host, port = address
            size = read_address(host.encode(), port, &to)
        return pump_send_handshake(self.at, slot, component,
                                   <const uint8_t *>PyBytes_AS_STRING(data), <int>len(data),
                                   &to, size) != 0

    def target(self, int slot):
        cdef char host[64]
        cdef int port = pump_target(self.at, slot, host, sizeof(host))
        return (host.decode(), port) if port else None
