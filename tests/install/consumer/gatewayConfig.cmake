# SPDX-License-Identifier: Apache-2.0
include(CMakeFindDependencyMacro)
find_dependency(edgespan CONFIG COMPONENTS kit)
include(${CMAKE_CURRENT_LIST_DIR}/gatewayTargets.cmake)
